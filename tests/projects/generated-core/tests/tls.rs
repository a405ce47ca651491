//! The server with a certificate: who shakes hands, who does not, and who comes after a renewal.

mod support;

use std::{env, fs, net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use axum::{Router, extract::Request, routing::get};
use full_core::core::{
    config::Config,
    server::{Server, scheme},
};
use rcgen::{CertifiedKey, KeyPair, generate_simple_self_signed};
use support::config;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    time::sleep,
};
use tokio_rustls::{
    TlsConnector,
    client::TlsStream,
    rustls::{
        ClientConfig, RootCertStore, SupportedProtocolVersion,
        crypto::ring::default_provider,
        pki_types::{CertificateDer, ServerName},
        version::{TLS12, TLS13},
    },
};

/// The files of a certificate, gone when dropped.
struct Files(PathBuf);

impl Files {
    fn new(name: &str) -> Self {
        let folder = format!("full-core-tls-{name}-{}", std::process::id());
        let folder = env::temp_dir().join(folder);
        fs::create_dir_all(&folder).expect("a folder");
        Self(folder)
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).display().to_string()
    }

    fn write(&self, name: &str, text: &str) -> String {
        let path = self.path(name);
        fs::write(&path, text).expect("a file");
        path
    }

    /// A certificate for `localhost`, which is new each time, and its key.
    fn issue(&self) -> CertificateDer<'static> {
        let CertifiedKey { cert, signing_key } = made();
        self.write("key.pem", &signing_key.serialize_pem());
        self.write("cert.pem", &cert.pem());
        cert.der().clone()
    }

    fn server(&self) -> Server {
        let settings = [
            ("TLS_CERT_FILE", &*self.path("cert.pem")),
            ("TLS_KEY_FILE", &*self.path("key.pem")),
        ];
        config(&settings).expect("settings").server()
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn made() -> CertifiedKey<KeyPair> {
    generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate")
}

/// Serves what tells how a request came.
async fn start(server: Server) -> (SocketAddr, oneshot::Sender<()>) {
    let how = async |request: Request| scheme(request.extensions());
    let router = Router::new()
        .route("/", get(how))
        .route("/health/ready", get(how));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (stop, stopped) = oneshot::channel();
    tokio::spawn(server.run(listener, router, async {
        let _ = stopped.await;
    }));
    (address, stop)
}

/// Shakes hands as one who trusts this certificate alone.
async fn shake(
    address: SocketAddr,
    trusted: &CertificateDer<'static>,
    version: &'static SupportedProtocolVersion,
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(trusted.clone()).expect("a certificate");
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()));
    let config = config.with_protocol_versions(&[version]).expect("a client");
    let mut config = config.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let name = ServerName::try_from("localhost").expect("a name");
    let stream = TcpStream::connect(address).await.expect("a connection");
    TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await
}

/// The whole answer to a request for a path.
async fn ask(mut stream: impl AsyncRead + AsyncWrite + Unpin, path: &str) -> String {
    let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("asked");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    answer
}

async fn ask_in_plain(address: SocketAddr, path: &str) -> String {
    let stream = TcpStream::connect(address).await.expect("a connection");
    ask(stream, path).await
}

#[tokio::test]
async fn who_shakes_hands_is_answered_and_who_does_not_is_told() {
    let files = Files::new("answers");
    let certificate = files.issue();
    let server = files.server();
    let origin = server.origin(SocketAddr::from(([127, 0, 0, 1], 8443)));
    assert_eq!(origin, "https://127.0.0.1:8443");
    let (address, _stop) = start(server).await;
    for version in [&TLS12, &TLS13] {
        let stream = shake(address, &certificate, version).await.expect("TLS");
        assert_eq!(
            stream.get_ref().1.alpn_protocol(),
            Some(b"http/1.1".as_slice())
        );
        let answer = ask(stream, "/").await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(answer.ends_with("\r\n\r\nhttps"), "{answer}");
        let hsts = "strict-transport-security: max-age=31536000\r\n";
        assert!(answer.contains(hsts), "{answer}");
    }
    let refused = ask_in_plain(address, "/").await;
    assert!(refused.starts_with("HTTP/1.1 400"), "{refused}");
    assert!(!refused.contains("strict-transport-security"), "{refused}");
    // The platform's, on the machine itself.
    let probed = ask_in_plain(address, "/health/ready").await;
    assert!(probed.starts_with("HTTP/1.1 200"), "{probed}");
    assert!(probed.ends_with("http"), "{probed}");
    // One that was not issued for it.
    let strange = made().cert.der().clone();
    assert!(shake(address, &strange, &TLS13).await.is_err());
    let stream = shake(address, &certificate, &TLS13).await.expect("TLS");
    assert!(ask(stream, "/").await.starts_with("HTTP/1.1 200"));
}

#[tokio::test]
async fn who_is_silent_holds_nobody_up_and_is_given_up() {
    let files = Files::new("silent");
    let certificate = files.issue();
    let patient = Server {
        handshake: Duration::from_secs(600),
        ..files.server()
    };
    let (address, stop) = start(patient).await;
    let mut silent = Vec::new();
    for begun in [&b""[..], &[0x16, 3, 1]] {
        let mut stream = TcpStream::connect(address).await.expect("a connection");
        stream.write_all(begun).await.expect("begun");
        silent.push(stream);
    }
    let stream = shake(address, &certificate, &TLS13).await.expect("TLS");
    assert!(ask(stream, "/").await.starts_with("HTTP/1.1 200"));
    // A stop waits for none of them.
    stop.send(()).expect("a server");
    for mut stream in silent {
        let _ = stream.read_to_end(&mut Vec::new()).await;
    }

    let hasty = Server {
        handshake: Duration::from_millis(1),
        connections: 1,
        ..files.server()
    };
    let (address, _stop) = start(hasty).await;
    let mut silent = TcpStream::connect(address).await.expect("a connection");
    let end = silent.read_to_end(&mut Vec::new()).await;
    assert!(matches!(end, Ok(0) | Err(_)), "{end:?}");
}

#[tokio::test]
async fn a_renewed_certificate_is_shown_and_a_wrong_one_is_not() {
    let files = Files::new("renewed");
    let first = files.issue();
    let server = Server {
        renewal: Duration::from_millis(10),
        ..files.server()
    };
    let tls = server.tls.clone().expect("a certificate");
    let (address, _stop) = start(server).await;
    for (name, wrong) in [("cert.pem", "no PEM"), ("key.pem", "")] {
        let right = fs::read_to_string(files.path(name)).expect("a file");
        files.write(name, wrong);
        tls.renew();
        assert!(shake(address, &first, &TLS13).await.is_ok(), "{name}");
        files.write(name, &right);
    }
    fs::remove_file(files.path("key.pem")).expect("a file");
    tls.renew();
    assert!(shake(address, &first, &TLS13).await.is_ok());
    let second = files.issue();
    while shake(address, &second, &TLS13).await.is_err() {
        sleep(Duration::from_millis(10)).await;
    }
    assert!(shake(address, &first, &TLS13).await.is_err());
}

#[test]
fn wrong_files_are_told_by_name() {
    let files = Files::new("wrong");
    files.issue();
    let (certificate, key) = (&*files.path("cert.pem"), &*files.path("key.pem"));
    let gone = &*files.path("gone.pem");
    let text = &*files.write("text.pem", "hello");
    let torn = &*files.write(
        "torn.pem",
        "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n",
    );
    let false_one = &*files.write(
        "false.pem",
        "-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n",
    );
    let other = &*files.write("other.pem", &made().signing_key.serialize_pem());
    for (certificate, key, told) in [
        (
            certificate,
            "",
            "TLS_CERT_FILE and TLS_KEY_FILE must be set both",
        ),
        ("", key, "TLS_CERT_FILE and TLS_KEY_FILE must be set both"),
        (gone, key, "TLS_CERT_FILE cannot be read: `"),
        (certificate, gone, "TLS_KEY_FILE cannot be read: `"),
        (text, key, "text.pem` holds no certificate"),
        (certificate, text, "text.pem` holds no key"),
        (torn, key, "torn.pem` is no PEM: "),
        (false_one, key, "false.pem` is wrong: "),
        (
            certificate,
            other,
            "other.pem` is not the key of the first certificate in `",
        ),
    ] {
        let settings = [("TLS_CERT_FILE", certificate), ("TLS_KEY_FILE", key)];
        let problem = config(&settings).err().unwrap_or_default();
        assert!(problem.contains(told), "{problem}");
    }
    let plain: Config = config(&[]).expect("settings");
    let address = SocketAddr::from(([127, 0, 0, 1], 80));
    assert_eq!(plain.server().origin(address), "http://127.0.0.1:80");
}

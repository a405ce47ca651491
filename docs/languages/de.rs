//! What clients are told, in German: `src/messages.rs` of a generated service.

use crate::core::message::{Language, Message};

pub const LANGUAGES: &[Language] = &[Language {
    tag: "de",
    say: german,
}];

/// Without a `_` at the end, the compiler asks for the messages that a later apigen adds.
fn german(message: &Message) -> Option<String> {
    Some(match message {
        // Your own, by their English: `Text(text) if text == "the order is paid" => "…".into()`.
        Message::Text(_) => return None,
        Message::IsRequired => "ist erforderlich".into(),
        Message::IsUnknown => "ist kein bekanntes Feld".into(),
        Message::OnlyOnce => "darf nur einmal angegeben werden".into(),
        Message::HasNul => "darf U+0000 nicht enthalten".into(),
        Message::MustBeString => "muss ein Text sein".into(),
        Message::MustBeUuid => "muss eine UUID sein".into(),
        Message::MustBeDateTime => "muss ein Zeitpunkt sein".into(),
        Message::MustBeDate => "muss ein Datum sein".into(),
        Message::MustBeTime => "muss eine Uhrzeit mit Zeitzone sein".into(),
        Message::MustBeDuration => "muss eine Dauer sein".into(),
        Message::MustBeEmail => "muss eine E-Mail-Adresse sein".into(),
        Message::MustBeUri => "muss ein URI sein".into(),
        Message::MustBeBase64 => "muss Base64 sein".into(),
        Message::MustBeIpv4 => "muss eine IPv4-Adresse sein".into(),
        Message::MustBeIpv6 => "muss eine IPv6-Adresse sein".into(),
        Message::MustBeHostname => "muss ein Hostname sein".into(),
        Message::MustBeBoolean => "muss ein Wahrheitswert sein".into(),
        Message::MustBeInteger => "muss eine ganze Zahl sein".into(),
        Message::MustBeNumber => "muss eine Zahl sein".into(),
        Message::MustBeDecimal => "muss eine Dezimalzahl mit höchstens 28 Stellen sein".into(),
        Message::MustBeArray => "muss eine Liste sein".into(),
        Message::MustBeObject => "muss ein Objekt sein".into(),
        Message::MustBePairs => "muss abwechselnd aus Namen und Werten bestehen".into(),
        Message::MustBeUtf8 => "muss UTF-8 sein".into(),
        Message::MustBeJson { problem } => format!("muss JSON sein: {problem}"),
        Message::MustStartWith { prefix } => format!("muss mit `{prefix}` beginnen"),
        Message::MinLength { min } => format!("muss mindestens {min} Zeichen haben"),
        Message::MaxLength { max } => format!("darf höchstens {max} Zeichen haben"),
        Message::MinItems { min: 1 } => "muss mindestens einen Eintrag haben".into(),
        Message::MinItems { min } => format!("muss mindestens {min} Einträge haben"),
        Message::MaxItems { max: 1 } => "darf höchstens einen Eintrag haben".into(),
        Message::MaxItems { max } => format!("darf höchstens {max} Einträge haben"),
        Message::MinProperties { min: 1 } => "muss mindestens ein Feld haben".into(),
        Message::MinProperties { min } => format!("muss mindestens {min} Felder haben"),
        Message::MaxProperties { max: 1 } => "darf höchstens ein Feld haben".into(),
        Message::MaxProperties { max } => format!("darf höchstens {max} Felder haben"),
        Message::MaxPlaces { max: 1 } => "darf höchstens eine Nachkommastelle haben".into(),
        Message::MaxPlaces { max } => format!("darf höchstens {max} Nachkommastellen haben"),
        Message::MaxDigits { max } => format!("darf höchstens {max} Ziffern haben"),
        Message::Minimum { min } => format!("muss mindestens {min} sein"),
        Message::Maximum { max } => format!("darf höchstens {max} sein"),
        Message::ExclusiveMinimum { min } => format!("muss größer als {min} sein"),
        Message::ExclusiveMaximum { max } => format!("muss kleiner als {max} sein"),
        Message::Between { min, max } => format!("muss zwischen {min} und {max} liegen"),
        Message::MultipleOf { step } => format!("muss ein Vielfaches von {step} sein"),
        Message::Pattern { pattern } => format!("muss zu `{pattern}` passen"),
        Message::NamePattern { pattern } => {
            format!("muss einen Namen haben, der zu `{pattern}` passt")
        }
        Message::RepeatsItem => "darf keinen Eintrag wiederholen".into(),
        Message::OneOf { allowed } => format!("muss eines davon sein: {allowed}"),
        Message::OneForm { forms } => format!("muss genau einer der Formen entsprechen: {forms}"),
        Message::AnyForm { forms } => format!("muss einer der Formen entsprechen: {forms}"),
        Message::TooManyForms => "verschachtelt die erlaubten Formen auf zu viele Arten".into(),
        Message::WrongForm => "hat eine Form, die nicht erlaubt ist".into(),
        Message::WrongName => "hat einen Namen, der nicht erlaubt ist".into(),
        Message::WrongItems => {
            "muss so viele der verlangten Einträge enthalten, wie erlaubt sind".into()
        }
        Message::MoreItems => "darf keine weiteren Einträge haben".into(),
        Message::DiffersFromPath => "muss mit dem im Pfad übereinstimmen".into(),
        Message::NamesNothing => "muss etwas bezeichnen, das es gibt".into(),
        Message::WrongCursor => "ist kein Cursor dieser Liste".into(),
        Message::IsWrong => "stimmt nicht".into(),
        Message::PasswordLength { min, max } => format!("muss {min} bis {max} Zeichen haben"),
        Message::PasswordIsName => "darf nicht der Name des Benutzers sein".into(),
        Message::PasswordIsCommon => "ist eines der Passwörter, die zuerst erraten werden".into(),
        Message::InvalidParameters => "ein Parameter entspricht nicht dem Schema".into(),
        Message::InvalidBody => "der Inhalt entspricht nicht dem Schema".into(),
        Message::BodyMissing => "der Inhalt fehlt".into(),
        Message::BodyUnreadable => "der Inhalt kann nicht gelesen werden".into(),
        Message::BodyNotJson { problem } => format!("der Inhalt ist kein JSON: {problem}"),
        Message::BodyNotUtf8 => "der Inhalt ist nicht UTF-8".into(),
        Message::BodyCharset => "der Zeichensatz des Inhalts muss utf-8 sein".into(),
        Message::BodyTooLarge => "der Inhalt ist zu groß".into(),
        Message::BodyCut => "der Inhalt endet zu früh".into(),
        Message::BodySlow => "der Inhalt hat zu lange gebraucht".into(),
        Message::BodyMediaType { accepted } => {
            format!("der Inhalt muss `{}` sein", accepted.join("` oder `"))
        }
        Message::NoSuchPath => "diesen Pfad gibt es nicht".into(),
        Message::NoSuchMethod => "der Pfad unterstützt diese Methode nicht".into(),
        Message::NoSuch { what } => format!("nicht gefunden: {what}"),
        Message::AlreadyExists => "das gibt es schon".into(),
        Message::NoRelated => "etwas, worauf verwiesen wird, gibt es nicht".into(),
        Message::InUse => "anderes verweist noch darauf".into(),
        Message::WrongState { needs } => {
            let each = needs.iter().map(|(field, values)| {
                let values = values.join("` oder `");
                format!("`{field}` muss `{values}` sein")
            });
            each.collect::<Vec<String>>().join(", und ")
        }
        Message::WasChanged => "es wurde geändert: `If-Match` nennt keine aktuelle Version".into(),
        Message::VersionMissing => {
            "`If-Match` muss die Version nennen, die geändert werden soll".into()
        }
        Message::KeyInUse => {
            "eine Anfrage mit diesem Schlüssel läuft noch; fragen Sie noch einmal nach der Antwort"
                .into()
        }
        Message::KeyReused => "der Schlüssel wurde für eine andere Anfrage verwendet".into(),
        Message::CredentialsMissing => "die Anmeldung fehlt".into(),
        Message::CredentialsUnchecked => {
            "die Anmeldung, die der Vertrag verlangt, kann hier nicht geprüft werden".into()
        }
        Message::TokenMissing => "ein Bearer-Token fehlt".into(),
        Message::TokenInvalid => "das Bearer-Token ist nicht gültig".into(),
        Message::ScopeMissing { scope } => format!("die Berechtigung `{scope}` fehlt"),
        Message::PasswordMissing => "Benutzer und Passwort fehlen".into(),
        Message::PasswordInvalid => "Benutzer oder Passwort sind nicht gültig".into(),
        Message::ApiKeyMissing => "ein API-Schlüssel fehlt".into(),
        Message::ApiKeyInvalid => "der API-Schlüssel ist nicht gültig".into(),
        Message::OtherSite => "eine Seite von anderswo hat diese Anfrage geschickt".into(),
        Message::SubjectNotUuid => "die Anmeldung bezeichnet keine UUID".into(),
        Message::SessionInvalid => "das Refresh-Token ist nicht gültig".into(),
        Message::NoSuchUser => "diesen Benutzer gibt es nicht".into(),
        Message::TooManyRequests => "zu viele Anfragen".into(),
        Message::Internal => "im Dienst ist ein Fehler aufgetreten".into(),
        Message::NotImplemented { operation } => format!("`{operation}` ist nicht implementiert"),
        Message::Unavailable => "der Dienst ist nicht verfügbar".into(),
        Message::Overloaded => "der Dienst ist überlastet".into(),
        Message::Timeout => "der Dienst hat zu lange gebraucht".into(),
    })
}

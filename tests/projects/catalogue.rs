//! Lists that are filtered: a service that offers all of it keeps its own contract, and its tests
//! notice where it does not.

use crate::project::{NO_LIMIT, Project, databases, fixture};

#[test]
fn the_catalogue_is_sound() {
    for database in databases() {
        let project = Project::new("catalogue", &fixture("catalogue.yaml"), database);
        project.is_sound_in_all_tests();
        let server = project.serve(NO_LIMIT);
        project.keeps_its_contract(&server.url);
        decimals_are_exact(&format!("{}/api/v1/products", server.url));
        only_what_cannot_be_shown_is_refused(&format!("{}/api/v1/makers", server.url));
    }
}

/// Each of these breaks the lists in one way: a file, what it says, and what it says then.
const MUTATIONS: [(&str, &str, &str); 15] = [
    ("src/models/products.rs", "price >= ", "price > "),
    ("src/models/products.rs", "stock > ", "stock >= "),
    ("src/models/products.rs", "IS DISTINCT FROM", "<>"),
    ("src/models/products.rs", " AND state IN ", " OR state IN "),
    ("src/models/products.rs", "stock <> ", "stock >= "),
    ("src/crud/products.rs", ".reduce(Order::then)", ".next()"),
    ("src/core/page.rs", "{column} IS NULL OR ", ""),
    (
        "src/core/page.rs",
        "list => format!(\"{};{list:x}\"",
        "_ => format!(\"{}\"",
    ),
    (
        "src/core/page.rs",
        "by.push_equal(value, sql);",
        "sql.push(\"TRUE\");",
    ),
    ("src/models/makers.rs", "id IN (", "id NOT IN ("),
    ("src/models/products.rs", "place <= ", "place < "),
    (
        "src/crud/products.rs",
        "names.contains(&name)",
        "!names.contains(&name)",
    ),
    // As a double: 2^53 + 1 is another number then.
    (
        "src/core/decimal.rs",
        "let digits = Decimal::from_str_exact(digits).ok()?;",
        "let digits = Decimal::try_from(digits.parse::<f64>().ok()?).ok()?;",
    ),
    (
        "src/core/check.rs",
        "value.normalize().scale() <= places",
        "true",
    ),
    (
        "src/core/output.rs",
        "self.names.contains(",
        "!name.is_empty() || self.names.contains(",
    ),
];

#[test]
fn generated_tests_notice_lists_that_are_wrong() {
    let project = Project::mutant("catalogue", &fixture("catalogue.yaml"));
    MUTATIONS
        .into_iter()
        .for_each(|mutation| project.notices(mutation));
}

/// Sends a request, and returns the status and the text of the answer: JSON that a test reads would
/// make doubles of its numbers.
fn call(request: ureq::RequestBuilder<ureq::typestate::WithBody>, body: &str) -> (u16, String) {
    let request = request.config().http_status_as_error(false).build();
    let request = request.header("content-type", "application/json");
    let mut response = request.send(body).expect("an answer");
    let text = response.body_mut().read_to_string().expect("a text");
    (response.status().as_u16(), text)
}

fn read(url: &str) -> String {
    let mut response = ureq::get(url).call().expect("an answer");
    response.body_mut().read_to_string().expect("a text")
}

fn only_what_cannot_be_shown_is_refused(makers: &str) {
    let status = |include: &str| {
        let request = ureq::get(format!("{makers}?include={include}"));
        let request = request.config().http_status_as_error(false).build();
        request.call().expect("an answer").status().as_u16()
    };
    assert_eq!(status("products"), 200);
    assert_eq!(status("prizes"), 501);
    assert_eq!(status("products,prizes"), 501);
}

/// What stands behind `"name":` in the JSON, one for each row.
fn shown<'j>(json: &'j str, name: &str) -> Vec<&'j str> {
    let start = format!("\"{name}\":");
    let parts = json.split(&start).skip(1);
    parts
        .filter_map(|part| part.split([',', '}']).next())
        .collect()
}

/// No digit of a decimal is lost on its way in, in the database, and on its way out.
fn decimals_are_exact(products: &str) {
    let create = |price: &str, tax: &str| {
        let rest = r#""state":"sold","stock":1,"organic":true"#;
        let body = format!(r#"{{"name":"exact","price":{price},"tax":{tax},{rest}}}"#);
        call(ureq::post(products), &body)
    };
    let rows = [
        ("0.1", r#""0.1""#, "0.10"),
        ("0.2", r#""0.3000000000000000000000000001""#, "0.20"),
        ("1.2e1", r#""10""#, "12.00"),
        (
            "9999999999999999.99",
            r#""79228162514264337593543950335""#,
            "9999999999999999.99",
        ),
        ("9007199254740993", r#""0.3""#, "9007199254740993.00"),
        ("9007199254740993.01", r#""9""#, "9007199254740993.01"),
    ];
    for (price, tax, kept) in rows {
        let (status, made) = create(price, tax);
        assert_eq!(status, 201, "{made}");
        assert_eq!(shown(&made, "price"), [kept]);
        assert_eq!(shown(&made, "tax"), [tax]);
        let id = shown(&made, "id")[0].trim_matches('"');
        assert_eq!(read(&format!("{products}/{id}")), made);
    }
    for (price, tax, wrong) in [
        ("0.001", r#""1""#, "price"),
        ("1e-3", r#""1""#, "price"),
        ("10000000000000000", r#""1""#, "price"),
        ("-0.01", r#""1""#, "price"),
        (r#""1""#, r#""1""#, "price"),
        (r#""\u00001""#, r#""1""#, "price"),
        ("1", r#""79228162514264337593543950336""#, "tax"),
        ("1", r#""1,5""#, "tax"),
        ("1", "1.5", "tax"),
        ("1", "1.00000000000000000001", "tax"),
    ] {
        let (status, error) = create(price, tax);
        assert_eq!(status, 422, "{price} {tax}: {error}");
        assert!(error.contains(wrong), "{price} {tax}: {error}");
    }
    let prices = |query: &str| {
        let page = read(&format!("{products}?filter[name]=exact&limit=100&{query}"));
        let prices = shown(&page, "price").into_iter().map(str::to_owned);
        prices.collect::<Vec<_>>()
    };
    let [a, b, c, d, e, f] = [
        "0.10",
        "0.20",
        "12.00",
        "9007199254740993.00",
        "9007199254740993.01",
        "9999999999999999.99",
    ];
    assert_eq!(prices("sort=price"), [a, b, c, d, e, f]);
    assert_eq!(prices("sort=-price&price[lt]=0.3"), [b, a]);
    assert_eq!(prices("sort=tax"), [a, d, b, e, c, f]);
    assert_eq!(
        prices("sort=price&tax[gte]=0.3000000000000000000000000001"),
        [b, c, e, f]
    );
    assert_eq!(prices("sort=price&tax[in]=0.30&tax[in]=10.0"), [c, d]);
    assert_eq!(prices("price=9007199254740993"), [d]);
    assert_eq!(prices("price=0.1000000000000000000000001"), [""; 0]);
    assert_eq!(prices("sort=price&price[gt]=9007199254740993"), [e, f]);
    // Between the places of the column, and beyond all that it keeps.
    assert_eq!(
        prices("sort=price&price[gte]=0.105&price[lte]=12.004"),
        [b, c]
    );
    assert_eq!(prices("price[gt]=0.2&price[lte]=0.209"), [""; 0]);
    assert_eq!(prices("price[gt]=79228162514264337593543950335"), [""; 0]);
    assert_eq!(
        prices("sort=price&price[gte]=-79228162514264337593543950335").len(),
        6
    );
    // From page to page.
    let mut url = format!("{products}?filter[name]=exact&limit=1&sort=price,tax");
    let mut walked = Vec::new();
    loop {
        let page = read(&url);
        walked.extend(shown(&page, "price").into_iter().map(str::to_owned));
        match shown(&page, "next_cursor").first() {
            Some(cursor) if *cursor != "null" => {
                let cursor = cursor.trim_matches('"');
                url =
                    format!("{products}?filter[name]=exact&limit=1&sort=price,tax&cursor={cursor}");
            }
            _ => break,
        }
    }
    assert_eq!(walked, [a, b, c, d, e, f]);
}

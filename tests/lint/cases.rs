//! A document with what each rule looks for, what is told of it, and one that is well.

pub(crate) struct Case {
    pub(crate) rule: &'static str,
    pub(crate) bad: &'static str,
    /// `line:column message`, behind two lines of head.
    pub(crate) told: &'static [&'static str],
    pub(crate) good: &'static str,
}

const fn case(
    rule: &'static str,
    bad: &'static str,
    told: &'static [&'static str],
    good: &'static str,
) -> Case {
    Case {
        rule,
        bad,
        told,
        good,
    }
}

pub(crate) const CASES: &[Case] = &[
    case(
        "path-case",
        "paths:\n  /order_Lines/{x}/Items: {}\n  /a/Items: {}\n",
        &[
            "4:3 `Items` in `/order_Lines/{x}/Items` is not written as `kebab-case` (and in 1 other place)",
            "4:3 `order_Lines` in `/order_Lines/{x}/Items` is not written as `kebab-case`",
        ],
        "paths:\n  /order-lines/{orderId}/v1.2/export.CSV/items:sendAll: {}\n",
    ),
    case(
        "path-depth",
        "paths:\n  /a/{b}/c/{d}/e/{f}/g:\n    get: {}\n",
        &["4:3 `/a/{b}/c/{d}/e/{f}/g` nests 4 levels of resources, and 3 are well"],
        "paths:\n  /a/{b}/c/{d}/e/{f}/publish:\n    post: {}\n  /x/y/z/{a}/{b}/c/{d}/e/{f}:\n    get: {}\n",
    ),
    case(
        "path-plural",
        "paths:\n  /order-line/{x}/category/{y}: {}\n",
        &[
            "4:3 `category` in `/order-line/{x}/category/{y}` names a collection, and is not a plural",
            "4:3 `order-line` in `/order-line/{x}/category/{y}` names a collection, and is not a plural",
        ],
        "paths:\n  /items/by-sku/{sku}: {}\n  /settings: {}\n  /people/{id}/media/{m}: {}\n  /health: {}\n",
    ),
    case(
        "path-query",
        "paths:\n  /items?x=1: {}\n",
        &["4:3 `/items?x=1` is more than a path"],
        "paths:\n  /items: {}\n",
    ),
    case(
        "path-trailing-slash",
        "paths:\n  /items/: {}\n",
        &["4:3 `/items/` ends in a slash"],
        "paths:\n  /: {}\n  /items: {}\n",
    ),
    case(
        "path-verb",
        "paths:\n  /createItem: {}\n  /items/delete: {}\n",
        &[
            "4:3 `createItem` in `/createItem` says what is done",
            "5:3 `delete` in `/items/delete` says what is done",
        ],
        "paths:\n  /posts/{id}/publish: {}\n  /settings: {}\n  /list/{id}: {}\n",
    ),
    case(
        "empty-success",
        "paths:\n  /a:\n    post:\n      responses: { '200': { description: x } }\n",
        &["6:20 the 200 of `POST /a` describes no body"],
        "paths:\n  /a:\n    post:\n      responses: { '204': { description: x }, '201': { description: x, headers: { Location: { schema: { type: string } } } } }\n",
    ),
    case(
        "get-body",
        "paths:\n  /a:\n    get:\n      requestBody: { content: {} }\n",
        &["6:7 `GET /a` has a request body"],
        "paths:\n  /a:\n    post:\n      requestBody: { content: {} }\n",
    ),
    case(
        "no-content-body",
        "paths:\n  /a:\n    delete:\n      responses:\n        '204': { description: x, content: { application/json: {} } }\n",
        &["7:34 the 204 of `DELETE /a` describes a body, and can have none"],
        "paths:\n  /a:\n    delete:\n      responses:\n        '204': { description: x }\n",
    ),
    case(
        "not-found-response",
        "paths:\n  /a/{b}:\n    get:\n      responses: { '400': { description: x } }\n",
        &["5:5 `GET /a/{b}` does not say what it answers where there is no such row"],
        "paths:\n  /a/{b}:\n    get:\n      responses: { '404': { description: x } }\n    put:\n      responses: { '400': { description: x } }\n    delete:\n      responses: { '4XX': { description: x } }\n  /a:\n    get:\n      responses: { '400': { description: x } }\n",
    ),
    case(
        "operation-client-error",
        "paths:\n  /a:\n    post:\n      requestBody: { content: {} }\n      responses: { '200': { description: x } }\n",
        &["5:5 `POST /a` declares no 4xx response"],
        "paths:\n  /a:\n    get:\n      responses: { '200': { description: x } }\n    post:\n      requestBody: { content: {} }\n      responses: { default: { description: x } }\n",
    ),
    case(
        "operation-id",
        "paths:\n  /a:\n    get: {}\n    put: {operationId: a}\n",
        &["5:5 `GET /a` has no `operationId`"],
        "paths:\n  /a:\n    get: {operationId: a}\n",
    ),
    case(
        "operation-id-case",
        "paths:\n  /a:\n    get: {operationId: getA}\n    put: {operationId: putA}\n    post: {operationId: post_a}\n",
        &["7:25 the `operationId` `post_a` is not written as `camelCase`, and most are"],
        "paths:\n  /a:\n    get: {operationId: getA}\n    put: {operationId: putA}\n    post: {operationId: post}\n",
    ),
    case(
        "operation-success",
        "paths:\n  /a:\n    get:\n      responses: { '404': { description: x } }\n",
        &["5:5 `GET /a` declares no response of success"],
        "paths:\n  /a:\n    get:\n      responses: { '302': { description: x } }\n    put:\n      responses: { default: { description: x } }\n",
    ),
    case(
        "operation-summary",
        "paths:\n  /a:\n    get: {}\n",
        &["5:5 `GET /a` has neither `summary` nor `description`"],
        "paths:\n  /a:\n    get: { summary: x }\n  /b:\n    description: x\n    get: {}\n",
    ),
    case(
        "operation-tags",
        "paths:\n  /a:\n    get: {}\n    put: {}\n",
        &["5:5 `GET /a` has no tag (and in 1 other place)"],
        "paths:\n  /a:\n    get: { tags: [a] }\n",
    ),
    case(
        "unauthorized-response",
        "security: [{ k: [] }]\npaths:\n  /a:\n    get:\n      responses: { '404': { description: x } }\ncomponents: { securitySchemes: { k: { type: http, scheme: bearer } } }\n",
        &["6:5 `GET /a` asks for credentials and declares neither 401 nor 403"],
        "security: [{ k: [] }]\npaths:\n  /a:\n    get:\n      security: []\n      responses: { '404': { description: x } }\n    put:\n      security: [{ k: [] }, {}]\n      responses: { '404': { description: x } }\n    post:\n      responses: { '401': { description: x } }\ncomponents: { securitySchemes: { k: { type: http, scheme: bearer } } }\n",
    ),
    case(
        "list-limit",
        "paths:\n  /a:\n    get:\n      parameters:\n        - { name: page_size, in: query, schema: { type: integer } }\n",
        &["7:11 `page_size` has no `maximum`"],
        "paths:\n  /a:\n    get:\n      parameters:\n        - { name: limit, in: query, schema: { type: integer, maximum: 9 } }\n        - { name: offset, in: query, schema: { type: integer } }\n",
    ),
    case(
        "list-pagination",
        "paths:\n  /a:\n    get: &get\n      responses:\n        '200':\n          description: x\n          content: { application/json: { schema: { type: object, properties: { items: { type: array, items: { properties: {} } } } } } }\n  /b:\n    get: *get\n",
        &[
            "5:5 `GET /a` answers a list without pages",
            "11:5 `GET /b` answers a list without pages",
        ],
        "paths:\n  /a:\n    get: &get\n      parameters: [{ name: 'page[after]', in: query, schema: { type: string } }]\n      responses:\n        '200':\n          description: x\n          content: { application/json: { schema: { type: array, items: { properties: {} } } } }\n  /a/{id}:\n    get:\n      responses:\n        '200':\n          description: x\n          content: { application/json: { schema: { type: array, items: { properties: {} } } } }\n  /c:\n    get:\n      responses:\n        '200':\n          description: x\n          content: { application/json: { schema: { type: array, maxItems: 9, items: { properties: {} } } } }\n  /d:\n    get:\n      responses:\n        '200':\n          description: x\n          content: { application/json: { schema: { type: array, items: { type: string } } } }\n",
    ),
    case(
        "parameter-case",
        "paths:\n  /a/{b_id}:\n    parameters:\n      - { name: b_id, in: path, required: true, schema: { type: string } }\n      - { name: sort_by, in: query, schema: { type: string } }\n      - { name: pageSize, in: query, schema: { type: string } }\n",
        &["8:17 the parameter `pageSize` is not written as `snake_case`, and most are"],
        "paths:\n  /a/{b_id}:\n    parameters:\n      - { name: b_id, in: path, required: true, schema: { type: string } }\n      - { name: 'filter[State]', in: query, schema: { type: string } }\n      - { name: redirect_uri, in: query, schema: { type: string } }\n      - { name: X-Trace, in: header, schema: { type: string } }\n",
    ),
    case(
        "parameter-required-default",
        "paths:\n  /a:\n    parameters:\n      - { name: b, in: query, required: true, schema: { type: string, default: x } }\n",
        &["6:80 `b` is required, and has a default that nothing uses"],
        "paths:\n  /a:\n    parameters:\n      - { name: b, in: query, schema: { type: string, default: x } }\n",
    ),
    case(
        "parameter-description",
        "paths:\n  /a:\n    parameters:\n      - { name: b, in: query, schema: { type: string } }\n",
        &["6:17 the parameter `b` in query has no description"],
        "paths:\n  /a/{b}:\n    parameters:\n      - { name: b, in: path, required: true, schema: { type: string } }\n      - { name: c, in: query, description: x, schema: { type: string } }\n",
    ),
    case(
        "secret-in-query",
        "paths:\n  /a:\n    parameters:\n      - { name: access_token, in: query, schema: { type: string } }\ncomponents: { securitySchemes: { k: { type: apiKey, in: query, name: q } } }\n",
        &[
            "6:17 `access_token` is sent in the address, where logs keep it",
            "7:53 the key `q` is sent in the address, where logs keep it",
        ],
        "paths:\n  /a:\n    parameters:\n      - { name: page_token, in: query, schema: { type: string } }\ncomponents: { securitySchemes: { k: { type: apiKey, in: header, name: q } } }\n",
    ),
    case(
        "array-items",
        "components: { schemas: { A: { type: array } } }\n",
        &["3:31 the array does not say what it holds"],
        "components: { schemas: { A: { type: array, items: {} } } }\n",
    ),
    case(
        "enum-duplicate",
        "components: { schemas: { A: { enum: [a, b, a] } } }\n",
        &["3:44 \"a\" is listed twice"],
        "components: { schemas: { A: { enum: [a, b, 1, '1'] } } }\n",
    ),
    case(
        "enum-value-type",
        "components: { schemas: { A: { type: string, enum: [a, 1] } } }\n",
        &["3:55 1 is listed, and the type is `string`"],
        "components: { schemas: { A: { type: [string, 'null'], enum: [a, null] }, B: { type: integer, enum: [1.0] } } }\n",
    ),
    case(
        "example",
        "paths:\n  /a:\n    post:\n      requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/A' } } } }\ncomponents: { schemas: { A: { properties: { a: { type: string } } } } }\n",
        &["6:33 `A`, the body of `POST /a`, has no example"],
        "paths:\n  /a:\n    post:\n      requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/A' } }, text/plain: {} } }\n    put:\n      requestBody: { content: { application/json: { example: 1, schema: { properties: { x: {} } } } } }\ncomponents: { schemas: { A: { properties: { a: { type: string, example: x } } } } }\n",
    ),
    case(
        "property-case",
        "components: { schemas: { A: { properties: { a_b: {}, c_d: {}, eF: {} } } } }\n",
        &["3:63 the property `eF` is not written as `snake_case`, and most are"],
        "components: { schemas: { A: { properties: { aB: {}, cD: {}, access_token: {}, _links: {}, $ref1: {} } } } }\n",
    ),
    case(
        "property-description",
        "components: { schemas: { A: { properties: { a: {} } } } }\n",
        &["3:45 the property `a` has no description"],
        "components: { schemas: { A: { properties: { a: { description: x }, b: { $ref: '#/components/schemas/A' } } } } }\n",
    ),
    case(
        "required-undefined",
        "components: { schemas: { A: { required: [nmae], properties: { name: {} } } } }\n",
        &["3:42 `nmae` is required, and no property is called so"],
        "components: { schemas: { A: { required: [a], properties: { a: {} } }, B: { required: [x], properties: { y: {} }, additionalProperties: true }, C: { allOf: [{ required: [x], properties: { y: {} } }, { properties: { x: {} } }] } } }\n",
    ),
    case(
        "schema-case",
        "components: { schemas: { ItemOne: {}, ItemTwo: {}, item: {} } }\n",
        &["3:52 the schema `item` is not written as `PascalCase`, and most are"],
        "components: { schemas: { ItemOne: {}, Item: {}, URL: {} } }\n",
    ),
    case(
        "schema-description",
        "components: { schemas: { A: {} } }\n",
        &["3:26 the schema `A` has neither `description` nor `title`"],
        "components: { schemas: { A: { title: x } } }\n",
    ),
    case(
        "success-schema",
        "paths:\n  /a:\n    get:\n      responses:\n        '200': { description: x, content: { application/json: {} } }\n",
        &["7:45 the 200 of `GET /a` has JSON without a schema"],
        "paths:\n  /a:\n    get:\n      responses:\n        '200': { description: x, content: { application/json: { schema: true }, text/csv: {} } }\n        '400': { description: x, content: { application/json: {} } }\n",
    ),
    case(
        "time-format",
        "components: { schemas: { A: { properties: { created_at: { type: string } } } } }\n",
        &["3:45 `created_at` is named like a point in time, and may be any text"],
        "components: { schemas: { A: { properties: { created_at: { type: string, format: date-time }, updatedAt: { type: integer }, format: { type: string }, looked_at_by: { type: string } } } } }\n",
    ),
    case(
        "error-form",
        "paths:\n  /a:\n    get:\n      responses: &r\n        '400': &e { description: x, content: { application/json: { schema: { $ref: '#/components/schemas/E' } } } }\n        '404': *e\n        '409': { description: x, content: { application/json: { schema: { type: string } } } }\ncomponents: { schemas: { E: { type: object } } }\n",
        &["9:73 the 409 of `GET /a` has another body than 2 of the 3 responses of failure"],
        "paths:\n  /a:\n    get:\n      responses: &r\n        '400': &e { description: x, content: { application/json: { schema: { $ref: '#/components/schemas/E' } } } }\n        '404': *e\n        '409': { description: x }\n        '200': { description: x, content: { application/json: { schema: { type: string } } } }\ncomponents: { schemas: { E: { type: object } } }\n",
    ),
    case(
        "info-contact",
        "paths: {}\n",
        &["2:1 `info` has no `contact`"],
        "openapi: 3.1.0\ninfo: { title: t, version: '1', contact: { name: x } }\npaths: {}\n",
    ),
    case(
        "info-description",
        "openapi: 3.1.0\ninfo: { title: t, version: '1' }\npaths: {}\n",
        &["2:1 `info` has no description"],
        "paths: {}\n",
    ),
    case(
        "info-license",
        "paths: {}\n",
        &["2:1 `info` has no `license`"],
        "openapi: 3.1.0\ninfo: { title: t, version: '1', license: { name: MIT } }\npaths: {}\n",
    ),
    case(
        "lint-ignore",
        "paths: { x-apigen-lint: [a], /a: { x-apigen-lint: { b: off, path-verb: warn } } }\n",
        &[
            "3:25 `x-apigen-lint` is neither `off` nor a mapping of rules",
            "3:53 there is no rule `b`",
            "3:72 `x-apigen-lint` can only turn `path-verb` off",
        ],
        "paths: { x-apigen-lint: off, /a: { x-apigen-lint: { path-verb: off } } }\n",
    ),
    case(
        "security-missing",
        "paths:\n  /a:\n    post: {}\n    put: {}\n    get: {}\n",
        &["5:5 `POST /a` changes something, and asks for no credentials (and in 1 other place)"],
        "paths:\n  /a:\n    post: { security: [] }\n    get: {}\n  /login:\n    post: {}\n",
    ),
    case(
        "server-https",
        "servers: [{ url: 'http://api.example.com/v1' }]\n",
        &["3:18 `http://api.example.com/v1` is called without TLS"],
        "servers: [{ url: /v1 }, { url: 'http://localhost:8080' }, { url: 'http://127.0.0.1' }, { url: 'http://shop/' }, { url: 'https://a.b' }]\n",
    ),
    case(
        "server-trailing-slash",
        "servers: [{ url: 'https://api.example.com/v1/' }]\n",
        &["3:18 `https://api.example.com/v1/` ends in a slash, and each path begins with one"],
        "servers: [{ url: / }, { url: /v1 }]\n",
    ),
    case(
        "tag-description",
        "tags: [{ name: a }]\n",
        &["3:8 the tag `a` has no description"],
        "tags: [{ name: a, description: x }]\n",
    ),
    case(
        "tag-undefined",
        "tags: [{ name: items }]\npaths:\n  /a:\n    get: { tags: [itmes] }\n    put: { tags: [itmes] }\n",
        &["6:19 the tag `itmes` is not in the list of `tags` (and in 1 other place)"],
        "paths:\n  /a:\n    get: { tags: [itmes] }\n",
    ),
    case(
        "unused-component",
        "paths:\n  /a:\n    get: {}\ncomponents:\n  schemas:\n    A: { properties: { b: { $ref: '#/components/schemas/B' } } }\n    B: {}\n  securitySchemes: { k: { type: http, scheme: bearer } }\n",
        &[
            "8:5 nothing refers to `A` in `components/schemas`",
            "9:5 nothing refers to `B` in `components/schemas`",
            "10:22 nothing refers to `k` in `components/securitySchemes`",
        ],
        "paths:\n  /a:\n    get: { security: [{ k: [] }], responses: { default: { description: x, content: { application/json: { schema: { $ref: '#/components/schemas/A' } } } } } }\ncomponents:\n  schemas:\n    A: { discriminator: { propertyName: t }, properties: { t: {}, b: { $ref: '#/components/schemas/B/properties/x' } } }\n    B: { properties: { x: {} } }\n    C: { allOf: [{ $ref: '#/components/schemas/A' }] }\n  securitySchemes: { k: { type: http, scheme: bearer } }\n",
    ),
];

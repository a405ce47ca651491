"""Opens the documentation of a running service in a browser, and tries it out.

    pages.py URL TOKEN      the shop of fixtures/shop.yaml, and a token that may write items
"""

import sys

from playwright.sync_api import expect, sync_playwright

PATIENCE = 120_000
ITEM = '{"sku": "AB-4711", "name": "Book", "price": 12.5}'


def swagger(page, url, token):
    page.goto(f"{url}/docs")
    expect(page.locator(".info .title")).to_contain_text("Shop API", timeout=PATIENCE)
    page.locator(".btn.authorize").first.click()
    page.locator(".auth-container input").first.fill(token)
    page.locator(".auth-btn-wrapper .authorize").first.click()
    page.locator(".btn-done").first.click()

    listed = tried(page, page.locator(".opblock-get", has=page.locator('[data-path="/items"]')))
    assert listed == "200", f"GET /items answers {listed}"
    post = page.locator(".opblock-post", has=page.locator('[data-path="/items"]'))
    created = tried(page, post, ITEM)
    assert created == "201", f"POST /items answers {created}: is Authorize no good?"


def tried(page, operation, body=None):
    """The status that an operation answers."""
    operation.first.locator(".opblock-summary-control").first.click()
    operation.first.locator(".try-out__btn").click(timeout=PATIENCE)
    if body:
        operation.first.locator("textarea.body-param__text").fill(body)
    operation.first.locator(".execute").click()
    status = operation.first.locator(".live-responses-table .response-col_status").last
    expect(status).to_be_visible(timeout=PATIENCE)
    return status.inner_text().split()[0]


def signed_in_elsewhere(page, url):
    """The page that OAuth 2 comes back to tells the one that opened it, and closes."""
    page.evaluate(
        """() => {
          window.told = [];
          const tell = (what) => told.push(what);
          const auth = { name: 'elsewhere' };
          window.swaggerUIRedirectOauth2 = { auth, state: 's', callback: tell, errCb: tell };
        }"""
    )
    for answer, expected in [("code=c&state=other", "another state"), ("code=c&state=s", '"code":"c"')]:
        with page.expect_popup() as popup:
            page.evaluate(f"() => {{ window.open('/docs/assets/oauth2-redirect.html?{answer}') }}")
        popup.value.wait_for_event("close") if not popup.value.is_closed() else None
        told = page.evaluate("JSON.stringify(told.pop())")
        assert expected in told, f"{answer}: {told}"


EXAMPLE = {"sku": "EX-0815", "name": "An example", "price": 1}
OLD = {
    "swagger": "2.0",
    "info": {"title": "Old", "version": "1"},
    "host": "elsewhere.example",
    "schemes": ["https"],
    "basePath": "/old",
    "paths": {"/items": {"get": {"schemes": ["https"], "responses": {"200": {"description": "all"}}}}},
}


def other_versions(page, url):
    """Contracts of other versions are shown, and tried out on this service."""
    page.route("**/openapi.json", lambda route: route.fulfill(json=OLD))
    page.goto(f"{url}/docs")
    listed = tried(page, page.locator(".opblock-get"))
    assert listed == "200", f"GET /items of Swagger 2.0 answers {listed}"
    page.unroute("**/openapi.json")

    def newest(route):
        answer = route.fetch()
        contract = {**answer.json(), "openapi": "3.2.0"}
        contract["paths"]["/items"]["post"]["requestBody"]["content"]["application/json"]["example"] = EXAMPLE
        route.fulfill(response=answer, json=contract)

    page.route("**/openapi.json", newest)
    page.goto(f"{url}/docs")
    page.locator(".opblock-post", has=page.locator('[data-path="/items"]')).first.click()
    for path in ["docs", "redoc"]:
        if path == "redoc":
            page.goto(f"{url}/redoc")
        for text in ["Shop API", "A small shop. It sells items", "What the shop sells", EXAMPLE["sku"]]:
            expect(page.locator("body")).to_contain_text(text, timeout=PATIENCE)


def redoc(page, url):
    page.goto(f"{url}/redoc")
    expect(page.locator("h1").first).to_contain_text("Shop API", timeout=PATIENCE)
    expect(page.locator("#redoc-container")).to_contain_text("/items", timeout=PATIENCE)
    page.locator("input[type=text]").first.fill("item")
    expect(page.locator("[data-role='search:results'] li").first).to_be_visible(timeout=PATIENCE)


def main(url, token):
    problems = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        page = browser.new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda line: problems.append(line.text) if line.type == "error" else None)
        page.on("request", lambda request: None if offline(request, url) else problems.append(request.url))
        swagger(page, url, token)
        signed_in_elsewhere(page, url)
        redoc(page, url)
        other_versions(page, url)
        browser.close()
    assert not problems, "\n".join(problems)


def offline(request, url):
    return request.url.startswith((url, "data:", "blob:"))


main(*sys.argv[1:])

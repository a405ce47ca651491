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
        redoc(page, url)
        browser.close()
    assert not problems, "\n".join(problems)


def offline(request, url):
    return request.url.startswith((url, "data:", "blob:"))


main(*sys.argv[1:])

"""Clients that write and read all the time, and remember every answer."""

import asyncio
import itertools
import json
import time

import shop

JSON = {"content-type": "application/json"}
# What the service may say while something it needs is away.
AWAY = {500, 503, 504}
# How long a client waits: longer than the service may take.
PATIENCE = 9.0


class Broken(Exception):
    """The connection ended before the whole answer was there."""


class Client:
    """One connection to a replica, kept as long as it lasts."""

    def __init__(self, port):
        self.port, self.stream = port, None

    async def call(self, method, path, headers=None, body=b""):
        try:
            return await asyncio.wait_for(self.exchange(method, path, headers or {}, body), PATIENCE)
        except TimeoutError:
            self.close()
            raise
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            self.close()
            raise Broken(repr(error)) from error

    async def exchange(self, method, path, headers, body):
        if self.stream is None:
            self.stream = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self.stream
        headers = {"host": "shop", "content-length": len(body), **headers}
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        await writer.drain()
        return await self.answer(reader)

    async def answer(self, reader):
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        if headers.get("connection") == "close":
            self.close()
        return int(head[0].split()[1]), headers, body

    def close(self):
        if self.stream:
            self.stream[1].close()
        self.stream = None


class Load:
    """Writers and readers over all replicas, until it is told to stop."""

    def __init__(self, people=12):
        self.numbers = itertools.count()
        self.authorized = {"authorization": f"Bearer {shop.token()}"}
        self.tried, self.made = set(), {}
        # (when, status or what went wrong, how long it took)
        self.answers, self.wrong = [], []
        self.faulty, self.is_over = False, False
        self.tasks = [asyncio.create_task(work(n)) for n in range(people) for work in (self.write, self.read)]

    def clients(self, n):
        return itertools.cycle([Client(port) for port in shop.REPLICAS[n % 2:] + shop.REPLICAS[:n % 2]])

    async def ask(self, client, earned, *request):
        """An answer that was earned, or nothing where the service, or the way to it, is away."""
        start = time.monotonic()
        status, body = None, b""
        try:
            status, headers, body = await client.call(*request)
            what = status
        except Broken:
            what = "broken"
        except TimeoutError:
            what = "silent"
            self.wrong.append(f"{request[:2]}: no answer in {PATIENCE} s")
        self.answers.append((time.monotonic(), what, time.monotonic() - start))
        if status is None:
            return None
        try:
            value = json.loads(body)
        except ValueError:
            value = None
        if status in AWAY:
            if not isinstance(value, dict) or not value.get("error", {}).get("request_id"):
                self.wrong.append(f"{request[:2]}: {status} {body[:200]}")
            elif not self.faulty:
                self.wrong.append(f"{request[:2]}: {status} {value['error']['code']} with nothing wrong")
            return None
        if status not in earned or value is None:
            self.wrong.append(f"{request[:2]}: {status} {body[:300]}")
            return None
        return status, value, headers

    async def write(self, n):
        """Makes items, and asks for each until it is made."""
        clients = self.clients(n)
        while not self.is_over:
            sku = f"SKU-{next(self.numbers)}"
            self.tried.add(sku)
            while not await self.make(next(clients), sku) and not self.is_over:
                await asyncio.sleep(0.1)
            await asyncio.sleep(0.02)

    async def make(self, client, sku):
        item = {"sku": sku, "name": f"Item {sku}", "price": 12.5, "tags": ["a", "b"]}
        headers = JSON | self.authorized | {"idempotency-key": f"key of {sku}"}
        answer = await self.ask(client, {201, 409}, "POST", "/api/v1/items", headers, json.dumps(item).encode())
        if answer is None:
            return False
        status, value, _ = answer
        if status == 409:
            if value["error"]["code"] != "idempotency_key_in_use":
                self.wrong.append(f"{sku}: {value}")
            return False
        if value["sku"] != sku or self.made.setdefault(sku, value["id"]) != value["id"]:
            self.wrong.append(f"{sku} was made twice: {self.made[sku]}, {value}")
        return True

    async def read(self, n):
        """Reads what was made, one by one and in lists."""
        clients = self.clients(n)
        for turn in itertools.count(n):
            if self.is_over:
                return
            made = list(itertools.islice(reversed(self.made.items()), 200))
            if made and turn % 4:
                sku, key = made[turn % len(made)]
                answer = await self.ask(next(clients), {200}, "GET", f"/api/v1/items/{key}")
                if answer and answer[1]["sku"] != sku:
                    self.wrong.append(f"{key} is not {sku}: {answer[1]}")
            else:
                answer = await self.ask(next(clients), {200}, "GET", "/api/v1/items")
                if answer and len(answer[1]["items"]) > 20:
                    self.wrong.append(f"a list of {len(answer[1]['items'])}")
            await asyncio.sleep(0.02 if answer else 0.1)

    async def stop(self):
        self.is_over = True
        await asyncio.gather(*self.tasks)

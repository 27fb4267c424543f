"""Reads one queue as a foreign consumer does, and notes every delivery with what the database showed at that moment.

An event is acknowledged after its truth was looked up on a connection of its own and a line was written to a file.
"""

import hashlib
import json
import sys
import time

import pika
import psycopg2

LOOK = """SELECT coalesce(min(no), 0), coalesce(extract(epoch FROM min(at)), 0)::float8 FROM truth
          WHERE entity = %s AND ({} = %s) AND (action = %s OR part <> 'row' AND 'updated' = %s)"""
settings = json.loads(sys.argv[1])


class Database:
    """Asks until the database answers: what cannot be asked at delivery is asked as soon as it can be."""

    def __init__(self):
        self.connection = None

    def look(self, event):
        waited = False
        column = "xid & 4294967295" if event["by"] == "xid" else "mark"
        while True:
            try:
                if self.connection is None:
                    self.connection = psycopg2.connect(
                        settings["database"] + " connect_timeout=3 options='-c statement_timeout=5000'")
                    self.connection.autocommit = True
                with self.connection.cursor() as cursor:
                    cursor.execute(LOOK.format(column), (event["entity"], event["number"], event["action"], event["action"]))
                    no, saved_at = cursor.fetchone()
                    return {"truth": no, "saved_at": saved_at, "looked_late": waited}
            except psycopg2.Error:
                waited = True
                self.connection = None
                time.sleep(0.2)


def newest(body, headers):
    """The number of a save that wrote owned rows or links alone: larger than any that it had read."""
    marks = [line["mark"] for line in body.get("lines") or []]
    links = json.loads(headers.get("modelevents-links") or "{}")
    marks += [int(key) for link in links.values() for key in link["added"]]
    return max(marks, default=0)


def identify(headers, body):
    """Which truth an event claims to tell: an entity, what happened, and the number of its save or transaction."""
    action = headers.get("modelevents-action")
    if action is None:
        key = body["key"] if body["key"] is not None else "free-%d" % body["mark"]
        return {"entity": "own:" + key, "action": "own", "by": "mark", "number": body["mark"]}
    entity = "%s:%s" % (headers["modelevents-model"].rsplit(".", 1)[-1], headers["modelevents-key"])
    changed = set((headers.get("modelevents-changed") or "").split(","))
    if action == "updated" and changed <= {"lines", "tags"}:
        if headers.get("modelevents-source") == "log":
            return {"entity": entity, "action": action, "by": "xid", "number": int(headers["modelevents-transaction"])}
        return {"entity": entity, "action": action, "by": "mark", "number": newest(body, headers)}
    return {"entity": entity, "action": action, "by": "mark", "number": body["mark"]}


def read(raw, headers):
    try:
        body = json.loads(raw)
        event = identify(headers, body)
        if isinstance(body.get("content"), str):
            body["content"] = hashlib.md5(body["content"].encode()).hexdigest()
        return event, body
    except Exception as error:  # Whatever it is: the checker reports what cannot be identified.
        return {"entity": "unreadable", "action": repr(error), "by": "mark", "number": 0}, raw.decode(errors="replace")


def consume(database, out):
    parameters = pika.URLParameters(settings["broker"] + "/?heartbeat=10&blocked_connection_timeout=30&socket_timeout=5")
    connection = pika.BlockingConnection(parameters)
    channel = connection.channel()
    channel.basic_qos(prefetch_count=1)

    def handle(_, method, properties, raw):
        arrived_at = time.time()
        headers = dict(properties.headers or {})
        event, body = read(raw, headers)
        line = {"at": arrived_at, "id": properties.message_id, "name": method.routing_key,
                "again": method.redelivered, **event, **database.look(event), "headers": headers, "body": body}
        out.write(json.dumps(line, default=str) + "\n")
        out.flush()
        channel.basic_ack(method.delivery_tag)

    channel.basic_consume(settings["queue"], handle)
    channel.start_consuming()


def main():
    database = Database()
    with open(settings["file"], "a", encoding="utf-8") as out:
        while True:
            try:
                consume(database, out)
            except Exception as error:  # pika has many, even a ValueError for a connection that is reset while it is made.
                print("%.3f %r" % (time.time(), error), flush=True)
                time.sleep(0.3)


main()

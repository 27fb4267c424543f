"""Consumes events as a program that is not .NET does, and prints what it sees, one line of JSON each.

Arguments: an AMQP URI, then the exchanges.
"""
import base64
import json
import sys

import pika

PROPERTIES = (
    "content_type", "content_encoding", "delivery_mode", "priority", "correlation_id", "reply_to", "expiration",
    "message_id", "timestamp", "type", "user_id", "app_id", "cluster_id",
)


def tell(fact, **values):
    print(json.dumps({"fact": fact, **values}), flush=True)


def declare(connection, exchange, **flags):
    """Declares on a channel of its own, as a refusal closes the channel."""
    channel = connection.channel()
    code = 0
    try:
        channel.exchange_declare(exchange, **flags)
        channel.close()
    except pika.exceptions.ChannelClosedByBroker as refusal:
        code = refusal.reply_code
    tell("declared", exchange=exchange, flags=flags, code=code)


def declare_in_every_way(connection, exchange):
    as_it_is = {"exchange_type": "topic", "durable": True, "auto_delete": False, "internal": False}
    declare(connection, exchange, passive=True)
    declare(connection, exchange, **as_it_is)
    declare(connection, exchange, **{**as_it_is, "exchange_type": "fanout"})
    for flag in ("durable", "auto_delete", "internal"):
        declare(connection, exchange, **{**as_it_is, flag: not as_it_is[flag]})
    declare(connection, exchange, **as_it_is, arguments={"alternate-exchange": "other"})


def receive(channel, method, properties, body):
    headers = properties.headers or {}
    tell(
        "received",
        exchange=method.exchange,
        routing_key=method.routing_key,
        properties={name: getattr(properties, name) for name in PROPERTIES},
        headers=headers,
        # pika reads a 64-bit integer as its own class "long", and other bytes than UTF-8 as "bytes".
        header_types={name: type(value).__name__ for name, value in headers.items()},
        body=base64.b64encode(body).decode("ascii"),
    )
    channel.basic_ack(method.delivery_tag)


def main(uri, *exchanges):
    connection = pika.BlockingConnection(pika.URLParameters(uri))
    for exchange in exchanges:
        declare_in_every_way(connection, exchange)

    channel = connection.channel()
    queue = channel.queue_declare("", exclusive=True).method.queue
    for exchange in exchanges:
        channel.queue_bind(queue, exchange, routing_key="#")
    channel.basic_consume(queue, receive)
    tell("ready")
    channel.start_consuming()


main(*sys.argv[1:])

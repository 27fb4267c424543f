import json
import sys

import pika  # pip install pika

connection = pika.BlockingConnection(pika.URLParameters(sys.argv[1]))
channel = connection.channel()
channel.exchange_declare("shop.events", "topic", durable=True)
channel.queue_declare("reports", durable=True, arguments={"x-queue-type": "quorum"})
for name in ("order__created", "order__shipped"):
    channel.queue_bind("reports", "shop.events", routing_key=name)
channel.basic_qos(prefetch_count=100)
seen = set()  # Keep these ids in your database, in the transaction of your work.


def handle(channel, method, properties, body):
    if properties.message_id not in seen:
        print(method.routing_key, json.loads(body), flush=True)
        seen.add(properties.message_id)
    channel.basic_ack(method.delivery_tag)


channel.basic_consume("reports", handle)
channel.start_consuming()

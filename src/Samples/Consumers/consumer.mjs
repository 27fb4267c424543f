import { connect } from "amqplib"; // npm install amqplib

const connection = await connect(process.argv[2]);
const channel = await connection.createChannel();
await channel.assertExchange("shop.events", "topic", { durable: true });
await channel.assertQueue("mails", { durable: true, arguments: { "x-queue-type": "quorum" } });
for (const name of ["order__created", "order__shipped"]) await channel.bindQueue("mails", "shop.events", name);
await channel.prefetch(100);
const seen = new Set(); // Keep these ids in your database, in the transaction of your work.

await channel.consume("mails", (message) => {
  if (!seen.has(message.properties.messageId)) {
    console.log(message.fields.routingKey, JSON.parse(message.content));
    seen.add(message.properties.messageId);
  }
  channel.ack(message);
});

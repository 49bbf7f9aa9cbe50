"""librdkafka through confluent-kafka: takes one order as JSON on stdin and answers with JSON. Bytes are base64, None is None."""

import base64
import json
import sys
import uuid

from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition


def decoded(text):
    return None if text is None else base64.b64decode(text)


def encoded(data):
    if data is None:
        return None
    return base64.b64encode(data.encode() if isinstance(data, str) else data).decode()


def produce(order):
    producer = Producer({
        "bootstrap.servers": order["brokers"],
        "acks": "all",
        "partitioner": "murmur2_random",
        "message.max.bytes": 10485760,
        "message.timeout.ms": 20000,
        "topic.metadata.propagation.max.ms": 1000,
        **({"transactional.id": f"outside-{uuid.uuid4()}"} if order.get("transaction") else {}),
        **order["config"],
    })
    end = order.get("transaction")
    if end:
        producer.init_transactions(30)
        producer.begin_transaction()
    stored = [None] * len(order["messages"])

    def keep(i):
        def delivered(error, message):
            if error is not None:
                raise KafkaException(error)
            stored[i] = {"partition": message.partition(), "offset": message.offset()}

        return delivered

    for i, message in enumerate(order["messages"]):
        more = {name: message[name] for name in ("partition", "timestamp") if name in message}
        producer.produce(
            message["topic"],
            key=decoded(message["key"]),
            value=decoded(message["value"]),
            headers=[(name, decoded(value)) for name, value in message["headers"]],
            on_delivery=keep(i),
            **more,
        )
        producer.poll(0)
    if producer.flush(30) > 0:
        raise SystemExit("Not all messages were delivered within 30 s")
    if end:
        {"commit": producer.commit_transaction, "abort": producer.abort_transaction}[end](30)
    return stored


def told(message):
    return {
        "partition": message.partition(),
        "offset": message.offset(),
        "timestamp": message.timestamp()[1],
        "key": encoded(message.key()),
        "value": encoded(message.value()),
        "headers": [[name, encoded(value)] for name, value in message.headers() or []],
    }


def read(order):
    consumer = Consumer({
        "bootstrap.servers": order["brokers"],
        "group.id": f"outside-{uuid.uuid4()}",
        "enable.auto.commit": False,
        "enable.partition.eof": True,
        "fetch.message.max.bytes": 10485760,
        **order["config"],
    })
    topic = order["topic"]
    known = consumer.list_topics(topic, timeout=10).topics[topic]
    if known.error is not None:
        raise KafkaException(known.error)
    left = set(known.partitions)
    consumer.assign([TopicPartition(topic, partition, 0) for partition in left])
    messages = []
    while left:
        message = consumer.poll(20)
        if message is None:
            raise SystemExit("Nothing came for 20 s")
        if message.error() is None:
            messages.append(told(message))
        elif message.error().code() == KafkaError._PARTITION_EOF:
            left.discard(message.partition())
        else:
            raise KafkaException(message.error())
    consumer.close()
    return sorted(messages, key=lambda each: (each["partition"], each["offset"]))


order = json.load(sys.stdin)
json.dump({"produce": produce, "read": read}[order["do"]](order), sys.stdout)

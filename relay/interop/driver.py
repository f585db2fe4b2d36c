"""A small OT-One driver on autobahn, for the interop tests.

It behaves as the driver of 2016 does towards its clients: the handshake
table, five slots that are never freed, the flow control with its "stat" and
"queue" messages, and four of the meta commands. The board
below it is the recorded one: it answers each line with "ok" and stat 0, after
--motion seconds, and knows no positions.

It runs on autobahn 0.10.3 under Python 3.6, which is what the robots have, and
on today's release, and therefore uses only what both know. When the router
goes it keeps its state and joins again, as the driver on the robot does. What
it receives and what befalls it is printed, one JSON object a line.
"""
import argparse
import asyncio
import collections
import datetime
import json
import signal
import sys
import uuid

import autobahn
from autobahn.asyncio.wamp import ApplicationSession, ApplicationSessionFactory
from autobahn.asyncio.websocket import WampWebSocketClientFactory
from autobahn.wamp.serializer import JsonSerializer
from autobahn.wamp.types import ComponentConfig

PREFIX = "com.opentrons."
SLOTS = 5
AXES = "XYZABC"
CODES = {
    "home": "G28", "move": "G91 G0", "move_to": "G90 G0", "linear_move": "G1",
    "absolute": "G90", "relative": "G91", "speed": "F", "positions": "M114",
    "limit_switches": "M119", "feedback_on": "M62", "feedback_off": "M63",
    "halt": "M112", "reset_from_halt": "M999", "nothing": "",
}
REJOIN_SECONDS = 0.2


def tell(event, **details):
    print(json.dumps(dict(details, event=event)), flush=True)


class Driver:
    """What the driver knows; it outlives a WAMP session."""

    def __init__(self, loop, motion):
        self.id = str(uuid.uuid4())
        self.loop, self.motion = loop, motion
        self.session = None
        self.clients = []
        self.queue = collections.deque()
        self.sender = ("", "")  # of the line that was sent last: its from, its sessionID
        self.ack_received = self.ack_ready = True
        self.feedback_on = False
        self.absolute = True

    def publish(self, topic, to, session_id, type_, name, key, value):
        envelope = collections.OrderedDict([
            ("time", str(datetime.datetime.now())), ("type", type_), ("to", to),
            ("from", self.id), ("sessionID", session_id),
            ("data", collections.OrderedDict([("name", name), ("message", {key: value})])),
        ])
        if self.session is not None:
            self.session.publish(PREFIX + topic, json.dumps(envelope))

    def publish_to(self, to, session_id, *rest):
        if to in self.clients:  # what is for an id without a slot goes nowhere
            self.publish(to, to, session_id, *rest)

    def handshake(self, payload):
        message = json.loads(payload)
        id_ = message["from"] or str(uuid.uuid4())
        if id_ in self.clients:
            wanted = message["data"]["message"]
            if "extend" in wanted:
                self.publish_to(id_, id_, "handshake", "driver", "result", "already_connected")
            if "shake" in wanted:
                self.publish_to(id_, id_, "handshake", "driver", "ids", self.clients)
        elif len(self.clients) < SLOTS:
            self.clients.append(id_)
            self.publish("frontend", id_, id_, "handshake", "driver", "result", "success")
        else:
            self.publish("frontend", "", "", "handshake", "driver", "result", "fail")

    def message(self, payload):
        message = json.loads(payload, object_pairs_hook=collections.OrderedDict)
        sender = (message["from"], message["sessionID"])
        name, body = message["data"]["name"], message["data"]["message"]
        key, value = next(iter(body.items())) if isinstance(body, dict) else (body, None)
        if message["type"] == "meta":
            self.meta(sender, name, key)
        elif message["type"] == "command" and name != "smoothie":
            self.publish_to(*sender, "driver", "None", "error", [None, None, None])
        elif message["type"] == "command" and key in CODES:
            line = CODES[key]
            if isinstance(value, dict):
                line += "".join(" %s%s" % item for item in value.items())
            self.queue.append((sender, key, line))
            self.step()

    def meta(self, sender, name, key):
        if key == "drivers":
            shown = name if name == "smoothie" else "None"
            self.publish_to(*sender, "driver", shown, key, ["smoothie"])
        elif key == "meta_commands":
            self.publish_to(*sender, "driver", name, key, ["drivers", "flow", "clear_queue", "meta_commands"])
        elif name == "smoothie" and key == "flow":
            self.publish_to(*sender, "driver", name, key, self.flow())
        elif name == "smoothie" and key == "clear_queue":
            self.queue.clear()
            self.ack_received = self.ack_ready = True
            self.publish_to(*sender, "labware", name, key, self.flow())

    def locked(self):
        return not self.ack_received or self.feedback_on and not self.ack_ready

    def flow(self):
        nought = collections.OrderedDict((axis, 0) for axis in AXES)
        return collections.OrderedDict([
            ("name", "smoothie"), ("simulation", True), ("connected", True), ("transport", True),
            ("locked", self.locked()), ("ack_received", self.ack_received),
            ("ack_ready", self.ack_ready), ("queue_size", len(self.queue)),
            ("direction", nought), ("smoothie_pos", nought), ("adjusted_pos", nought),
            ("absolute_mode", self.absolute), ("feedback_on", self.feedback_on),
        ])

    def step(self):
        if self.locked():
            return
        if not self.queue:
            self.publish_to(*self.sender, "queue", "driver", "result", "empty")
            return
        self.sender, key, line = self.queue.popleft()
        if key in ("feedback_on", "feedback_off"):
            self.feedback_on = key == "feedback_on"
        if key in ("move", "move_to", "absolute", "relative"):
            self.absolute = key in ("move_to", "absolute")
        self.ack_received = self.ack_ready = False
        tell("line", line=line)
        moves = key in ("home", "move", "move_to", "linear_move")
        self.loop.call_soon(self.ok)
        self.loop.call_later(self.motion if moves else 0, self.ready)

    def ok(self):
        self.ack_received = True
        self.step()

    def ready(self):
        to, session_id = self.sender
        self.publish("frontend", to, session_id, "driver", "smoothie", "stat", 0)
        if to != session_id:
            self.publish_to(to, session_id, "driver", "smoothie", "stat", 0)
        self.ack_ready = True
        self.step()


def listener(topic, handle):
    def on_event(*args, **kwargs):
        tell("received", topic=topic, args=list(args), kwargs=kwargs)
        handle(*args, **kwargs)
    return on_event


def session_class(driver, ended):
    class Session(ApplicationSession):
        async def onJoin(self, details):
            driver.session = self  # before it listens: it may be asked at once
            await self.subscribe(listener("driver_handshake", driver.handshake), PREFIX + "driver_handshake")
            await self.subscribe(listener("driver", driver.message), PREFIX + "driver")
            tell("joined", id=driver.id, autobahn=autobahn.__version__, python=sys.version.split()[0])

        def onDisconnect(self):
            driver.session = None
            ended.set()
    return Session


def telling_its_end(protocol, ended):
    class Protocol(protocol):
        def connection_lost(self, exc):
            super().connection_lost(exc)
            ended.set()  # there may have been no session: a router that starts answers 404 for a while
    return Protocol


async def keep_joined(peer, session_class, args, stopping):
    while not stopping.is_set():
        ended = asyncio.Event()
        sessions = ApplicationSessionFactory(ComponentConfig(args.realm, {}))
        sessions.session = session_class(peer, ended)
        transport = WampWebSocketClientFactory(sessions, url=args.url, serializers=[JsonSerializer()])
        transport.protocol = telling_its_end(transport.protocol, ended)
        try:
            await peer.loop.create_connection(transport, args.host, args.port)
            waits = [asyncio.ensure_future(e.wait()) for e in (ended, stopping)]
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            for wait in waits:
                wait.cancel()
        except OSError as e:
            tell("away", error=str(e))
        if not stopping.is_set():
            await asyncio.sleep(REJOIN_SECONDS)
    if peer.session is not None:
        peer.session.leave()
        await asyncio.wait_for(ended.wait(), 2)


def run(description, new_peer, session_class):
    """Keeps what new_peer makes, of an event loop and the arguments, joined."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--realm", default="ot_realm")
    parser.add_argument("--motion", type=float, default=0, help="seconds that a motion takes")
    args = parser.parse_args()
    args.url = "ws://%s:%d/ws" % (args.host, args.port)

    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    loop.run_until_complete(keep_joined(new_peer(loop, args.motion), session_class, args, stopping))


if __name__ == "__main__":
    run(__doc__.splitlines()[0], Driver, session_class)

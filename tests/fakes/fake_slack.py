"""Slack's side of a conversation: the Web API methods that the bot calls, and response URLs.

Every limit of platforms/slack.md 5.4 and 5.5 is checked; what Slack would refuse is refused with its error code and
remembered in fake.refused, and so is what it would take but a careful bot does not send.
"""
import itertools
import json
import re
import sys
import time
import urllib.parse

from fake_slack_views import Views

TEAM, BOT_USER, BOT_ID, APP = "T0F1XTURE1", "U0BOTUSER1", "B0BOTPROF1", "A0F1XTURE1"
SCOPES = "app_mentions:read,channels:history,chat:write,commands,im:history,im:write,users:read,users:read.email"
TS = re.compile(r"\d{1,12}\.\d{6}")
CHANNEL = re.compile(r"[CGD][A-Z0-9]{2,20}")
TOKEN = re.compile(r"<(?:@[UW][A-Z0-9]+|#C[A-Z0-9]+|(?:https?://|mailto:|tel:)[^<>|\s]+)(?:\|[^<>]*)?>")
RESPONSE_URL_USES = 5
TRIGGER_S = 3.0


def units(text):
    return len(text.encode("utf-16-le")) // 2


class Refusal(Exception):
    def __init__(self, code, detail=""):
        super().__init__(code)
        self.code, self.detail = code, detail


def check(condition, code, detail=""):
    if not condition:
        raise Refusal(code, detail)


# ── Block Kit ───────────────────────────────────────────────────────────────────────────────────────────────────────
def check_mrkdwn(text, where):
    """Only & < > are escaped, only our own tokens are bare, and nobody is called together."""
    bare = TOKEN.sub("", text)
    check("<" not in bare and ">" not in bare, "invalid_blocks", f"{where}: bare < or > in {text!r}")
    check(not re.search(r"&(?!(?:amp|lt|gt);)", bare), "invalid_blocks", f"{where}: bare & in {text!r}")


def check_text(value, limit, where, kinds=("plain_text", "mrkdwn")):
    check(isinstance(value, dict) and value.get("type") in kinds, "invalid_blocks", f"{where}: no text object")
    text = value.get("text")
    check(isinstance(text, str) and text.strip("\u200b \n"), "invalid_blocks", f"{where}: empty text")
    check(units(text) <= limit, "invalid_blocks", f"{where}: {units(text)} > {limit}")
    if value["type"] == "mrkdwn":
        check("emoji" not in value, "invalid_blocks", f"{where}: emoji in mrkdwn")
        check_mrkdwn(text, where)
    else:
        check("verbatim" not in value, "invalid_blocks", f"{where}: verbatim in plain_text")


def check_url(url, where):
    check(isinstance(url, str) and re.match(r"https?://\S+$", url) and len(url) <= 3000, "invalid_blocks", where)


def check_options(element, limit, where):
    options = element.get("options")
    check(isinstance(options, list) and 1 <= len(options) <= limit, "invalid_blocks", f"{where}: options")
    for option in options:
        check_text(option.get("text"), 75, f"{where}: option", ("plain_text", "mrkdwn"))
        check(isinstance(option.get("value"), str) and 1 <= units(option["value"]) <= 150, "invalid_blocks",
              f"{where}: option value")


def check_element(element, where, ids):
    kind = element.get("type")
    if kind == "image":
        check_url(element.get("image_url"), f"{where}: image_url")
        check(isinstance(element.get("alt_text"), str) and 1 <= units(element["alt_text"]) <= 2000, "invalid_blocks",
              f"{where}: alt_text")
        return
    action_id = element.get("action_id")
    check(isinstance(action_id, str) and 1 <= len(action_id) <= 255, "invalid_blocks", f"{where}: action_id")
    check(action_id not in ids, "invalid_blocks", f"{where}: action_id {action_id} twice")
    ids.add(action_id)
    if kind == "button":
        check_text(element.get("text"), 75, f"{where}: button", ("plain_text",))
        if "value" in element:
            check(1 <= units(element["value"]) <= 2000, "invalid_blocks", f"{where}: button value")
        if "url" in element:
            check_url(element["url"], f"{where}: button url")
        check(element.get("style", "primary") in ("primary", "danger"), "invalid_blocks", f"{where}: style")
    elif kind in ("static_select", "multi_static_select"):
        check_options(element, 100, where)
        if "placeholder" in element:
            check_text(element["placeholder"], 150, f"{where}: placeholder", ("plain_text",))
    elif kind in ("checkboxes", "radio_buttons"):
        check_options(element, 10, where)
    else:
        raise Refusal("invalid_blocks", f"{where}: element {kind}")


def check_block(block, where):
    kind = block.get("type")
    if kind == "section":
        if "text" in block:
            check_text(block["text"], 3000, f"{where}: section")
        check("text" in block or block.get("fields"), "invalid_blocks", f"{where}: empty section")
        if "accessory" in block:
            check_element(block["accessory"], where, set())
    elif kind == "actions":
        elements = block.get("elements")
        check(isinstance(elements, list) and 1 <= len(elements) <= 25, "invalid_blocks", f"{where}: elements")
        ids = set()
        for element in elements:
            check(element.get("type") not in ("image", "multi_static_select"), "invalid_blocks",
                  f"{where}: {element.get('type')} in actions")
            check_element(element, where, ids)
    elif kind == "image":
        check_element(block, where, set())
    elif kind == "context":
        elements = block.get("elements")
        check(isinstance(elements, list) and 1 <= len(elements) <= 10, "invalid_blocks", f"{where}: elements")
        for element in elements:
            if element.get("type") != "image":
                check_text(element, 3000, f"{where}: context")
    else:
        check(kind in ("divider", "header"), "invalid_blocks", f"{where}: block {kind}")


def check_message(text, blocks):
    check(isinstance(text, str) and text.strip(), "no_text", "text is the fallback and always needed")
    check(units(text) <= 4000, "msg_too_long", f"text: {units(text)}")
    check_mrkdwn(text, "text")
    check(isinstance(blocks, list), "invalid_blocks_format")
    check(len(blocks) <= 50, "msg_blocks_too_many")
    for i, block in enumerate(blocks):
        check(isinstance(block, dict), "invalid_blocks_format")
        check_block(block, f"/blocks/{i}")


# ── methods ─────────────────────────────────────────────────────────────────────────────────────────────────────────
class FakeSlack:
    def __init__(self, fake, answer, token):
        self.fake, self.Answer, self.token = fake, answer, token
        self.team, self.bot_user = TEAM, BOT_USER
        self.unknown_channels, self.not_joined, self.unknown_users = set(), set(), set()
        self.refuse_blocks = False       # every message with blocks: invalid_blocks
        self.refuse_streams = False      # a workspace without chat.startStream
        self.directs = {"U0HUMAN001": "D0DMALICE1"}
        self.posted = {}                 # (channel, ts) → message
        self.response_uses = {}
        self.triggers = {}               # trigger_id → (when, whose); used: (None, …)
        self.views = Views(sys.modules[__name__])
        self.clock = itertools.count(1)
        self.methods = {name.replace("_", "."): getattr(self, "do_" + name) for name in (
            "auth_test", "chat_postMessage", "chat_update", "chat_startStream", "chat_appendStream", "chat_stopStream",
            "chat_postEphemeral", "users_info", "conversations_open",
            "conversations_replies", "conversations_history", "conversations_join", "views_open")}

    def handle(self, request):
        headers = {"x-oauth-scopes": SCOPES, "x-slack-req-id": f"{next(self.clock):032x}"}
        try:
            if request.path.startswith("/response/"):
                self.respond(request)
                raise self.Answer(200, b"ok", content_type="text/html")
            with self.fake.lock:
                result = self.call(request)
        except Refusal as refusal:
            self.fake.refuse(request, f"{refusal.code} {refusal.detail}".strip())
            result = {"ok": False, "error": refusal.code}
            if refusal.detail:
                result["response_metadata"] = {"messages": [f"[ERROR] {refusal.detail}"]}
            if request.path.startswith("/response/"):
                raise self.Answer(404 if refusal.code.endswith("_url") else 400, result)
        raise self.Answer(200, result, headers)

    def call(self, request):
        method = self.methods.get(request.path[len("/api/"):])
        check(method is not None, "unknown_method")
        check(request.method == "POST", "invalid_post_type")
        authorization = request.headers.get("authorization", "")
        check(authorization.startswith("Bearer "), "not_authed")
        check(authorization == f"Bearer {self.token}", "invalid_auth")
        check(not request.query, "invalid_arguments", "arguments in the query")
        if request.body:
            kind = request.headers.get("content-type", "").partition(";")[0]
            check(kind == "application/x-www-form-urlencoded", "invalid_form_data", kind)
        try:
            pairs = urllib.parse.parse_qsl(request.body.decode("ascii"), keep_blank_values=True, strict_parsing=True,
                                           errors="strict") if request.body else []
        except ValueError as error:
            raise Refusal("invalid_form_data", str(error))
        check(len({name for name, _ in pairs}) == len(pairs), "invalid_arg_name", "an argument twice")
        return {"ok": True, **method(request, dict(pairs))}

    def need(self, args, *names):
        for name in names:
            check(args.get(name), "invalid_arguments", f"missing required field: {name}")

    def json_arg(self, args, name, code):
        try:
            return json.loads(args[name]) if name in args else None
        except ValueError:
            raise Refusal(code)

    def check_channel(self, args):
        self.need(args, "channel")
        channel = args["channel"]
        check(CHANNEL.fullmatch(channel) and channel not in self.unknown_channels, "channel_not_found", channel)
        check(channel not in self.not_joined, "not_in_channel")
        return channel

    def check_content(self, args):
        allowed = {"channel", "text", "blocks", "thread_ts", "ts", "user", "unfurl_links", "unfurl_media", "metadata"}
        check(set(args) <= allowed, "invalid_arg_name", str(set(args) - allowed))
        blocks = self.json_arg(args, "blocks", "invalid_blocks_format")
        check(not (self.refuse_blocks and blocks), "invalid_blocks")
        check_message(args.get("text"), blocks or [])
        return blocks or []

    def check_metadata(self, args):
        metadata = self.json_arg(args, "metadata", "invalid_metadata_format")
        if metadata is None:
            return None
        check(set(metadata) == {"event_type", "event_payload"} and re.fullmatch(r"[a-z_]+", metadata["event_type"]),
              "invalid_metadata_format")
        check(all(not isinstance(v, (dict, list)) for v in metadata["event_payload"].values()),
              "invalid_metadata_schema")
        return metadata

    def do_auth_test(self, request, args):
        return {"url": "https://fixture-workspace.slack.com/", "team": "Fixture Workspace", "user": "fixture_bot",
                "team_id": self.team, "user_id": self.bot_user, "bot_id": BOT_ID, "is_enterprise_install": False}

    def new_ts(self):
        """Later than any event that a test makes up of the present time."""
        return f"{int(time.time()) + 60}.{next(self.clock):06d}"

    def message_of(self, channel, ts, args, blocks, metadata=None):
        message = {"user": self.bot_user, "type": "message", "ts": ts, "bot_id": BOT_ID, "app_id": APP,
                   "text": args["text"], "team": self.team, "blocks": blocks, "channel": channel}
        if args.get("thread_ts"):
            message["thread_ts"] = args["thread_ts"]
        if metadata:
            message["metadata"] = metadata
        return message

    def do_chat_postMessage(self, request, args):
        channel = self.check_channel(args)
        blocks, metadata = self.check_content(args), self.check_metadata(args)
        check("ts" not in args and "user" not in args, "invalid_arg_name")
        if "thread_ts" in args:
            check(TS.fullmatch(args["thread_ts"]), "invalid_thread_ts")
        for name in ("unfurl_links", "unfurl_media"):
            check(args.get(name) == "false", "invalid_arguments", f"{name} is always sent as false")
        ts = self.new_ts()
        message = self.posted[channel, ts] = self.message_of(channel, ts, args, blocks, metadata)
        self.fake.accept(platform="slack", kind="post", conversation=channel, channel=channel, id=ts, ts=ts,
                         thread_ts=args.get("thread_ts", ""), text=args["text"], blocks=blocks, request=args,
                         key=(metadata or {}).get("event_payload", {}).get("key", ""))
        return {"channel": channel, "ts": ts, "message": message}

    def do_chat_update(self, request, args):
        channel = self.check_channel(args)
        self.need(args, "ts")
        check((channel, args["ts"]) in self.posted, "message_not_found", args["ts"])
        check(self.posted[channel, args["ts"]].get("streaming_state") != "in_progress", "streaming_state_conflict")
        blocks = self.check_content(args)
        message = self.posted[channel, args["ts"]]
        message.update(text=args["text"], blocks=blocks, edited={"user": BOT_ID, "ts": args["ts"]})
        self.fake.accept(platform="slack", kind="update", conversation=channel, channel=channel, id=args["ts"],
                         ts=args["ts"], thread_ts=message.get("thread_ts", ""), text=args["text"], blocks=blocks,
                         request=args, key="")
        return {"channel": channel, "ts": args["ts"], "text": args["text"], "message": message}

    def check_markdown(self, args):
        text = args.get("markdown_text", "")
        check(len(text) <= 12000, "msg_too_long")
        check("<" not in text, "invalid_arguments", f"bare < in {text!r}")
        return text

    def do_chat_startStream(self, request, args):
        check(not self.refuse_streams, "unknown_method")
        check(set(args) <= {"channel", "thread_ts", "recipient_user_id", "recipient_team_id", "markdown_text"},
              "invalid_arg_name")
        channel = self.check_channel(args)
        check(TS.fullmatch(args.get("thread_ts", "")), "invalid_thread_ts")
        if channel[0] != "D":
            check(args.get("recipient_user_id"), "missing_recipient_user_id")
            check(args.get("recipient_team_id"), "missing_recipient_team_id")
        text, ts = self.check_markdown(args), self.new_ts()
        message = self.message_of(channel, ts, {"text": text, "thread_ts": args["thread_ts"]}, [])
        self.posted[channel, ts] = {**message, "streaming_state": "in_progress"}
        self.fake.accept(platform="slack", kind="stream", conversation=channel, channel=channel, id=ts, ts=ts,
                         thread_ts=args["thread_ts"], text=text, blocks=[], request=args, key="")
        return {"channel": channel, "ts": ts}

    def streaming(self, args):
        self.need(args, "channel", "ts")
        message = self.posted.get((args["channel"], args["ts"]))
        check(message is not None, "message_not_found")
        check(message.get("streaming_state") == "in_progress", "message_not_in_streaming_state")
        message["text"] += self.check_markdown(args)
        return message

    def do_chat_appendStream(self, request, args):
        check(args.get("markdown_text"), "no_text")
        message = self.streaming(args)
        self.fake.accept(platform="slack", kind="append", conversation=args["channel"], channel=args["channel"],
                         id=args["ts"], ts=args["ts"], thread_ts=message["thread_ts"], text=message["text"], blocks=[],
                         request=args, key="")
        return {"channel": args["channel"], "ts": args["ts"]}

    def do_chat_stopStream(self, request, args):
        message = self.streaming(args)
        message["streaming_state"] = "completed"
        return {"channel": args["channel"], "ts": args["ts"], "message": message}

    def do_chat_postEphemeral(self, request, args):
        channel = self.check_channel(args)
        self.need(args, "user")
        blocks = self.check_content(args)
        self.fake.accept(platform="slack", kind="ephemeral", conversation=channel, channel=channel, id="",
                         text=args["text"], blocks=blocks, request=args, key="")
        return {"message_ts": self.new_ts()}

    def do_users_info(self, request, args):
        self.need(args, "user")
        user = args["user"]
        check(user not in self.unknown_users, "user_not_found")
        name = {"U0HUMAN001": "alice", "U0HUMAN002": "bob"}.get(user, user.lower())
        profile = {"title": "", "real_name": f"{name.title()} Example", "display_name": name,
                   "email": f"{name}@example.com", "team": self.team}
        result = {"id": user, "team_id": self.team, "name": name, "deleted": False, "tz": "Asia/Seoul",
                  "real_name": profile["real_name"], "profile": profile, "is_bot": False}
        if args.get("include_locale") == "true":
            result["locale"] = "ko-KR"
        return {"user": result}

    def do_conversations_open(self, request, args):
        self.need(args, "users")
        check(args["users"] not in self.unknown_users, "user_not_found")
        return {"channel": {"id": self.directs.setdefault(args["users"], "D" + args["users"][1:])}}

    def history(self, channel, args, keep):
        found = [dict(m) for (c, ts), m in self.posted.items()
                 if c == channel and keep(m) and float(ts) > float(args.get("oldest", 0))]
        if args.get("include_all_metadata") != "true":
            for message in found:
                message.pop("metadata", None)
        return found[-int(args.get("limit", 100)):]

    def do_conversations_replies(self, request, args):
        channel = self.check_channel(args)
        self.need(args, "ts")
        found = self.history(channel, args, lambda m: m.get("thread_ts") == args["ts"])
        return {"messages": found, "has_more": False}

    def do_conversations_history(self, request, args):
        channel = self.check_channel(args)
        return {"messages": self.history(channel, args, lambda m: "thread_ts" not in m)[::-1], "has_more": False}

    def do_conversations_join(self, request, args):
        self.need(args, "channel")
        self.not_joined.discard(args["channel"])
        return {"channel": {"id": args["channel"]}}

    # ── modals ────────────────────────────────────────────────────────────────────────────────────────────────────
    def new_trigger(self, user):
        trigger = f"{next(self.clock)}.{TEAM}.f"
        self.triggers[trigger] = (time.monotonic(), user)
        return trigger

    def do_views_open(self, request, args):
        self.need(args, "trigger_id", "view")
        check(set(args) <= {"trigger_id", "view"}, "invalid_arg_name", str(set(args)))
        check(args["trigger_id"] in self.triggers, "invalid_trigger_id")
        at, user = self.triggers[args["trigger_id"]]
        check(at is not None, "exchanged_trigger_id")
        check(time.monotonic() - at <= TRIGGER_S, "expired_trigger_id")
        view = self.json_arg(args, "view", "invalid_arguments")
        self.views.check(view)
        self.triggers[args["trigger_id"]] = (None, user)
        opened = {**view, "id": f"V{next(self.clock):010d}", "team_id": self.team, "hash": "1.x", "bot_id": BOT_ID,
                  "app_id": APP, "app_installed_team_id": self.team, "state": {"values": {}}, "root_view_id": "",
                  "previous_view_id": None, "external_id": ""}
        self.fake.accept(platform="slack", kind="view", conversation=user, channel="", id=opened["id"], user=user,
                         text=view["title"]["text"], blocks=view["blocks"], view=opened, request=args, key="")
        return {"view": opened}

    # ── response_url ──────────────────────────────────────────────────────────────────────────────────────────────
    def respond(self, request):
        check(request.method == "POST", "invalid_post_type")
        check("authorization" not in request.headers, "invalid_arguments", "a token for a response_url")
        check(request.headers.get("content-type", "").startswith("application/json"), "invalid_json")
        with self.fake.lock:
            uses = self.response_uses[request.path] = self.response_uses.get(request.path, 0) + 1
        check(uses <= RESPONSE_URL_USES, "used_url")
        try:
            body = json.loads(request.body)
        except ValueError:
            raise Refusal("invalid_json")
        check(body.get("response_type", "ephemeral") in ("ephemeral", "in_channel"), "invalid_arguments")
        check_message(body.get("text"), body.get("blocks", []))
        self.fake.accept(platform="slack", kind="response", conversation=request.path, channel="", id="",
                         text=body["text"], blocks=body.get("blocks", []), request=body, key="")

    # ── what a person does ────────────────────────────────────────────────────────────────────────────────────────
    def press(self, message, label=None, user="U0HUMAN001", picks=(), action_ts=None):
        """The fields of the form that Slack posts when `user` uses an element of an accepted message: the button with
        this label, or the menu's option; `picks`: labels ticked before (check boxes, menus of several)."""
        state, used = {}, None
        for n, block in enumerate(message["blocks"]):
            elements = block.get("elements", []) if block["type"] == "actions" else [block.get("accessory", {})]
            for element in elements:
                options = element.get("options", [])
                if element.get("type") in ("checkboxes", "multi_static_select"):
                    chosen = [o for o in options if o["text"]["text"] in picks]
                    state.setdefault(f"b{n}", {})[element["action_id"]] = {"type": element["type"],
                                                                          "selected_options": chosen}
                elif element.get("type") == "static_select":
                    for option in options:
                        if option["text"]["text"] == label:
                            used = {"type": "static_select", "action_id": element["action_id"], "selected_option": option}
                            used["block_id"] = block.get("block_id", "b")
                elif element.get("type") == "button" and element["text"]["text"] == label:
                    used = {k: element[k] for k in ("type", "action_id", "text", "value") if k in element}
                    used["block_id"] = block.get("block_id", "b")
        if used is None:
            raise AssertionError(f"nothing to press is called {label!r} in {message['blocks']}")
        used.update(action_ts=action_ts or f"1755200000.{next(self.clock):06d}")
        channel, ts = message["channel"], message["ts"]
        payload = {"type": "block_actions", "user": {"id": user, "team_id": self.team}, "api_app_id": APP, "token": "x",
                   "container": {"type": "message", "message_ts": ts, "channel_id": channel, "is_ephemeral": False},
                   "trigger_id": self.new_trigger(user), "team": {"id": self.team, "domain": "fixture-workspace"},
                   "enterprise": None, "is_enterprise_install": False, "channel": {"id": channel, "name": "x"},
                   "message": self.posted[channel, ts], "state": {"values": state}, "actions": [used],
                   "response_url": f"{self.fake.url}/response/{next(self.clock)}"}
        if message.get("thread_ts"):
            payload["container"]["thread_ts"] = message["thread_ts"]
        return {"payload": json.dumps(payload, ensure_ascii=False)}

    def command(self, command, text="", user="U0HUMAN001", channel="C0GENERAL1"):
        """The fields of the form that Slack posts for a slash command."""
        n = next(self.clock)
        return {"token": "x", "team_id": self.team, "team_domain": "fixture-workspace", "channel_id": channel,
                "channel_name": "general", "user_id": user, "user_name": "x", "command": command, "text": text,
                "api_app_id": APP, "is_enterprise_install": "false", "response_url": f"{self.fake.url}/response/{n}",
                "trigger_id": self.new_trigger(user)}

    def submit(self, opened, answers, careless=False):
        """The fields of the form that Slack posts when the person sends a modal that was opened."""
        return self.of_view("view_submission", opened, self.views.state(opened["view"], answers, careless),
                            trigger_id=self.new_trigger(opened["user"]), response_urls=[])

    def close(self, opened):
        return self.of_view("view_closed", opened, {}, is_cleared=False)

    def of_view(self, kind, opened, values, **more):
        payload = {"type": kind, "team": {"id": self.team, "domain": "fixture-workspace"}, "api_app_id": APP,
                   "user": {"id": opened["user"], "username": "x", "name": "x", "team_id": self.team}, "token": "x",
                   "view": {**opened["view"], "state": {"values": values}}, "enterprise": None,
                   "is_enterprise_install": False, **more}
        return {"payload": json.dumps(payload, ensure_ascii=False)}

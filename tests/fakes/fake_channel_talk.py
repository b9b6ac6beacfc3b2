"""Channel Talk's Open API v5, as far as the bot calls it; see platforms/channel-talk.md 5, 6 and 9."""
import itertools
import json
import re
import urllib.parse

CHANNEL_ID = "210077"
TAG = re.compile(r'<b>|</b>|<i>|</i>|<link type="(?:url|manager|team)"(?: value="[^"<>]*")?>|</link>')
OPTIONS = {"actAsManager", "private", "silent", "immutable", "doNotSearch", "doNotPost", "doNotSendApp",
           "displayAsChannel", "doNotUpdateDesk", "silentToManager", "silentToUser", "alertToWriter"}
COLOURS = {"cobalt", "green", "orange", "red", "black", "pink", "purple"}
MAX_BLOCK, MAX_MESSAGE = 1000, 5000


class Refusal(Exception):
    def __init__(self, status, why):
        super().__init__(why)
        self.status, self.why = status, why


def check(condition, why, status=422):
    if not condition:
        raise Refusal(status, why)


def check_markup(text):
    check(isinstance(text, str) and text.strip(), "an empty text block")
    check(len(text) <= MAX_BLOCK, f"a text block of {len(text)} characters")
    for tag in TAG.finditer(text):
        check(not re.search(r"&(?!(?:amp|lt|gt|quot);)", tag.group()), "invalid message block: & in a tag")
    bare = TAG.sub("", text)
    check(not re.search(r'[<>"]', bare), f"invalid message block: {text!r}")
    check(not re.search(r"&(?!(?:amp|lt|gt|quot);)", bare), f"invalid message block: {text!r}")
    for name in ("b", "i", "link"):
        check(len(re.findall(f"<{name}[ >]", text)) == text.count(f"</{name}>"), "invalid message block: open tag")


def check_blocks(blocks, depth=0):
    """The texts, in order."""
    check(isinstance(blocks, list) and blocks, "blocks may not be empty")
    check(depth < 4, "bullets nested too deep")
    texts = []
    for block in blocks:
        kind = block.get("type")
        if kind == "text":
            check(set(block) == {"type", "value"}, f"a text block with {sorted(block)}")
            check_markup(block["value"])
            texts.append(TAG.sub("", block["value"]))
        elif kind == "code":
            check(isinstance(block.get("value"), str) and block["value"], "an empty code block")
            texts.append(block["value"])
        elif kind == "bullets":
            texts += check_blocks(block.get("blocks"), depth + 1)
        else:
            raise Refusal(422, f"a block of type {kind!r}")
    return texts


def unescape(text):
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")


def check_buttons(buttons):
    check(isinstance(buttons, list) and 1 <= len(buttons) <= 2, "1 or 2 buttons")
    for button in buttons:
        check(isinstance(button.get("title"), str) and 1 <= len(button["title"]) <= 30, "button title 1–30")
        check(button.get("colorVariant", "cobalt") in COLOURS, "colorVariant")
        action = button.get("action")
        check(isinstance(action, dict) and action.get("type") in ("web", "wam", "command", "submit"), "button action")
        if action["type"] == "web":
            check(re.match(r"https?://\S+$", action.get("attributes", {}).get("url", "")), "button url")


class FakeChannelTalk:
    def __init__(self, fake, answer, key, secret):
        self.fake, self.Answer, self.key, self.secret = fake, answer, key, secret
        self.chats = {}            # id → {"userChat", "user"}; others are unknown to GET
        self.users = {}            # id → user
        self.unknown_chats = set() # posting there is 404
        self.refuse_blocks = False # every message with blocks: 422
        self.sent = {}             # chat → [message]
        self.by_request_id = {}
        self.counter = itertools.count(1)

    def handle(self, request):
        headers = {"x-ratelimit-limit": "1000", "x-ratelimit-remaining": "998", "x-ratelimit-reset": "1772410600"}
        try:
            check(request.headers.get("x-access-key") == self.key and
                  request.headers.get("x-access-secret") == self.secret, "authentication failed", 401)
            if request.body:
                check(request.headers.get("content-type", "").startswith("application/json"), "content type", 415)
            with self.fake.lock:
                result = self.route(request)
        except Refusal as refusal:
            self.fake.refuse(request, f"{refusal.status} {refusal.why}")
            raise self.Answer(refusal.status, {
                "type": "unprocessableEntityException" if refusal.status == 422 else "exception",
                "status": refusal.status, "language": "en", "errors": [{"message": refusal.why}]}, headers)
        raise self.Answer(200, result, headers)

    def body(self, request):
        try:
            body = json.loads(request.body)
        except ValueError:
            raise Refusal(400, "no JSON")
        check(isinstance(body, dict), "no object", 400)
        return body

    def bot_name(self, request, needed):
        names = request.query.get("botName", [])
        check(len(names) <= 1 and (names or not needed), "botName is needed once")
        name = names[0] if names else ""
        check(not needed or name, "botName is empty")
        check(len(name) <= 30 and not re.search(r"[@#$%:/]", name), f"botName {name!r}")
        check(name.lower() not in ("alf", "알프", "アルフ"), f"botName {name!r}")
        return name

    def route(self, request):
        parts = [urllib.parse.unquote(p) for p in request.path[len("/open/v5/"):].split("/")]
        method = request.method
        if parts == ["channel"] and method == "GET":
            return {"channel": {"id": CHANNEL_ID, "name": "테스트 채널", "timeZone": "Asia/Seoul"}}
        if parts == ["managers"] and method == "GET":
            return {"managers": [{"id": "123", "channelId": CHANNEL_ID, "name": "담당자"}]}
        if parts == ["bots"] and method == "GET":
            return {"bots": [{"id": "305511", "channelId": CHANNEL_ID, "name": "길봇"}]}
        if parts == ["bots"] and method == "POST":
            return {"bot": {"id": "305511", "channelId": CHANNEL_ID, "name": self.body(request).get("name")}}
        if parts[0] == "user-chats" and len(parts) >= 2:
            return self.route_chat(request, method, parts[1], parts[2:])
        if parts[0] == "users" and len(parts) == 2:
            return self.route_user(request, method, parts[1])
        raise Refusal(404, f"{method} {request.path}")

    def route_chat(self, request, method, chat, rest):
        check(chat not in self.unknown_chats, "user chat not found", 404)
        if not rest and method == "GET":
            check(chat in self.chats, "user chat not found", 404)
            return self.chats[chat]
        if rest == ["messages"] and method == "POST":
            return self.create_message(request, chat)
        if rest == ["messages"] and method == "GET":
            check(request.query.get("sortOrder", [""])[0] in ("asc", "desc", "both"), "sortOrder is needed")
            limit = int(request.query.get("limit", ["25"])[0])
            check(1 <= limit <= 500, "limit")
            return {"messages": self.sent.get(chat, [])[::-1][:limit], "bots": []}
        changes = {("PATCH", "invite"): "invite", ("PATCH", "assign-to"): "assign", ("PUT", "open"): "open",
                   ("PUT", "snooze"): "snooze", ("PATCH", "close"): "close"}
        kind = changes.get((method, rest[0] if rest else ""))
        check(kind, f"{method} {request.path}", 404)
        self.bot_name(request, needed=True)
        managers = request.query.get("managerIds", []) + (rest[2:] if kind == "assign" else [])
        check(kind not in ("invite", "assign") or managers, "no manager")
        check(kind != "snooze" or re.match(r"P", request.query.get("duration", [""])[0]), "duration")
        self.fake.accept(platform="channel_talk", kind=kind, conversation=chat, chat=chat, id="", text="", key="",
                         managers=managers, request=request.query)
        return self.chats.get(chat, {"userChat": {"id": chat, "channelId": CHANNEL_ID, "state": "opened"}})

    def create_message(self, request, chat):
        bot = self.bot_name(request, needed=False)
        body = self.body(request)
        known = {"blocks", "plainText", "buttons", "files", "webPage", "form", "options", "requestId"}
        check(set(body) <= known, f"unknown keys {sorted(set(body) - known)}")
        check("blocks" in body or "plainText" in body, "neither blocks nor plainText")
        check(not (self.refuse_blocks and "blocks" in body), "invalid message block")
        texts = check_blocks(body["blocks"]) if "blocks" in body else [body["plainText"]]
        check(all(isinstance(t, str) and t for t in texts), "an empty message")
        check(sum(map(len, texts)) <= MAX_MESSAGE, "a message too long")
        if "buttons" in body:
            check_buttons(body["buttons"])
        if "options" in body:
            check(isinstance(body["options"], list) and body["options"] and set(body["options"]) <= OPTIONS, "options")
        for name in ("files", "webPage", "form"):
            check(body.get(name, True), f"{name} may not be empty")
        request_id = body.get("requestId", "")
        check(isinstance(request_id, str) and len(request_id) <= 64, "requestId")
        if request_id and (chat, request_id) in self.by_request_id:
            self.fake.duplicates.append({"chat": chat, "requestId": request_id})
            return {"message": self.by_request_id[chat, request_id]}
        private = "private" in body.get("options", [])
        text = "\n".join(unescape(t) for t in texts)
        message = {"chatKey": f"userChat-{chat}", "id": f"69a4d365a1b2{next(self.counter):08x}",
                   "channelId": CHANNEL_ID, "chatType": "userChat", "chatId": chat, "personType": "bot",
                   "personId": "305511", "requestId": request_id, "createdAt": 1772409701412, "plainText": text,
                   "state": "sent", **{k: body[k] for k in ("blocks", "buttons", "options") if k in body}}
        self.sent.setdefault(chat, []).append(message)
        if request_id:
            self.by_request_id[chat, request_id] = message
        self.fake.accept(platform="channel_talk", kind="note" if private else "message", conversation=chat, chat=chat,
                         id=message["id"], text=text, key=request_id, private=private, bot=bot, request=body)
        return {"message": message, "bot": {"id": "305511", "channelId": CHANNEL_ID, "name": bot}}

    def route_user(self, request, method, user):
        known = self.users.setdefault(user, {"id": user, "channelId": CHANNEL_ID, "type": "member", "profile": {},
                                             "tags": []})
        if method == "GET":
            return {"user": known}
        check(method == "PATCH", f"{method} {request.path}", 404)
        body = self.body(request)
        check(set(body) <= {"profile", "profileOnce", "tags", "unsubscribeEmail", "unsubscribeTexting", "blocked"},
              f"unknown keys {sorted(body)}")
        tags = body.get("tags", [])
        check(len(tags) <= 20 and all(isinstance(t, str) and t for t in tags), "tags")
        known["profile"].update(body.get("profile", {}))
        known["tags"] = tags if "tags" in body else known["tags"]
        self.fake.accept(platform="channel_talk", kind="user", conversation=user, chat="", id=user, text="", key="",
                         request=body)
        return {"user": known, "online": False}

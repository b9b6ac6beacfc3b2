/* The web chat's page.
 *
 *   socket ─▶ entries (what was said, in order) ─▶ render ─▶ the log
 *                 ▲ own texts: sending ─ack▶ sent, ─failed▶ failed, ─lost▶ sent again, with the same id, when reconnected
 *
 * `entries` is the only truth; the log is made from it anew after each change, keeping the nodes that are there, so that
 * a history which comes again after a reconnect neither doubles nor re-reads anything.  Texts of others get into the page
 * as text nodes or through the small allow-list of `safeHtml`, never as markup. */
'use strict';
(() => {
  // ── words ──────────────────────────────────────────────────────────────────────────────────────────────────────
  const KO = {
    new_chat: '새 대화', welcome: '안녕하세요, 길봇이에요.', welcome_more: '궁금한 것을 편하게 적어 주세요.',
    typing: '길봇이 쓰고 있어요', newer: '새 메시지', your_message: '메시지', write_here: '메시지를 입력하세요',
    choose_or_write: '고르거나 직접 적어 주세요', send: '보내기', conversation: '대화', messages: '메시지',
    ask_new: '새 대화를 시작할까요?', ask_new_more: '지금까지의 대화는 이 화면에서 사라져요.', keep: '계속 이어가기',
    start_new: '새로 시작', connecting: '연결하는 중…', again: '다시 연결하는 중…', offline: '인터넷 연결을 기다리는 중…',
    online: '연결됨', sending: '보내는 중', sent: '보냄', failed: '보내지 못했어요', retry: '다시 보내기', confirm: '확인',
    choices: '선택지', bot: '길봇', me: '나', today: '오늘', yesterday: '어제', won: n => n + '원',
  };
  const EN = {
    new_chat: 'New chat', welcome: 'Hello, this is 길봇.', welcome_more: 'Ask me anything.',
    typing: '길봇 is typing', newer: 'New messages', your_message: 'Message', write_here: 'Write a message',
    choose_or_write: 'Choose or write an answer', send: 'Send', conversation: 'Conversation', messages: 'Messages',
    ask_new: 'Start a new chat?', ask_new_more: 'What was said so far will leave this screen.', keep: 'Keep this one',
    start_new: 'Start new', connecting: 'Connecting…', again: 'Reconnecting…', offline: 'Waiting for the internet…',
    online: 'Connected', sending: 'Sending', sent: 'Sent', failed: 'Not sent', retry: 'Send again', confirm: 'OK',
    choices: 'Choices', bot: '길봇', me: 'You', today: 'Today', yesterday: 'Yesterday', won: n => '₩' + n,
  };
  const link = new URLSearchParams(location.search);
  const locale = link.get('locale') || navigator.language || 'ko';
  const korean = /^ko\b/i.test(locale);
  const words = korean ? KO : EN;
  const tongue = korean ? 'ko' : 'en';
  const clockTime = new Intl.DateTimeFormat(tongue, { hour: 'numeric', minute: '2-digit' });
  const wholeDay = new Intl.DateTimeFormat(tongue, { year: 'numeric', month: 'long', day: 'numeric', weekday: 'long' });

  const $ = id => document.getElementById(id);
  const [scroller, log, input, sendButton, typing, draft, newer, welcome] =
    ['scroller', 'log', 'input', 'send', 'typing', 'draft', 'newer', 'welcome'].map($);

  const NEAR_BOTTOM_PX = 80, GROUP_MS = 3 * 60 * 1000, TYPING_MS = 60 * 1000, MAX_ENTRIES = 1000, MAX_DEPTH = 12;
  const READY_MS = 3000, ACK_MS = 15000, MAX_TRIES = 5, FIRST_WAIT_MS = 1000, LONGEST_WAIT_MS = 30000;
  const finePointer = matchMedia('(hover: hover) and (pointer: fine)');

  function speak() {
    document.documentElement.lang = tongue;
    for (const node of document.querySelectorAll('[data-text]')) node.textContent = words[node.dataset.text];
    for (const node of document.querySelectorAll('[data-label]')) node.setAttribute('aria-label', words[node.dataset.label]);
    input.placeholder = words.write_here;
  }

  /* make('a', { class: 'x', href: '…' }, 'text', node): attributes and children; empty children are left out. */
  function make(tag, attributes, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {}))
      if (value !== undefined && value !== null && value !== false) node.setAttribute(name, value === true ? '' : value);
    node.append(...children.filter(child => child !== undefined && child !== null && child !== ''));
    return node;
  }

  // ── who is here ────────────────────────────────────────────────────────────────────────────────────────────────
  let memory = null; // the visitor, where the browser keeps nothing for us

  function storedVisitor() {
    try { return localStorage.getItem('gilbot.visitor'); } catch { return memory; }
  }

  function randomName() {
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-'; // 64: every byte is fair
    return Array.from(crypto.getRandomValues(new Uint8Array(24)), byte => letters[byte & 63]).join('');
  }

  function newVisitor() {
    memory = randomName();
    try { localStorage.setItem('gilbot.visitor', memory); } catch { /* memory has to do */ }
    return memory;
  }

  function hello() {
    const stored = storedVisitor() || memory;
    const visitor = /^[A-Za-z0-9_-]{24}$/.test(stored || '') ? stored : newVisitor();
    const profile = {};
    for (const [name, value] of link) if (name !== 'flow' && name !== 'locale') profile[name] = value;
    return { type: 'hello', id: randomName(), visitor, flow: link.get('flow') || undefined, locale,
             profile: Object.keys(profile).length > 0 ? profile : undefined };
  }

  // ── what others wrote ──────────────────────────────────────────────────────────────────────────────────────────
  const ALLOWED = new Set(['B', 'I', 'CODE', 'A', 'UL', 'LI', 'BR']);
  const DROPPED = new Set(['SCRIPT', 'STYLE', 'TEMPLATE', 'IFRAME', 'OBJECT', 'NOSCRIPT', 'SVG', 'MATH']);

  /* The address when it is of a kind we open, else undefined. */
  function safeUrl(url, kinds = ['http:', 'https:', 'mailto:', 'tel:']) {
    try {
      return typeof url === 'string' && kinds.includes(new URL(url).protocol) ? url : undefined;
    } catch {
      return undefined;
    }
  }

  const outside = (url, more, ...children) =>
    make('a', { href: url, target: '_blank', rel: 'noopener noreferrer', ...more }, ...children);

  /* Rebuilds the allowed elements; of others only their text stays. */
  function copySafely(from, to, depth) {
    for (const node of from.childNodes) {
      if (node.nodeType === Node.TEXT_NODE) {
        to.append(node.data);
      } else if (node.nodeType === Node.ELEMENT_NODE && depth < MAX_DEPTH && !DROPPED.has(node.nodeName.toUpperCase())) {
        const url = node.nodeName === 'A' ? safeUrl(node.getAttribute('href')) : undefined;
        let target = to;
        if (node.nodeName === 'A' ? url : ALLOWED.has(node.nodeName)) {
          target = url ? outside(url) : document.createElement(node.nodeName);
          to.append(target);
        }
        copySafely(node, target, depth + 1);
      }
    }
    return to;
  }

  const safeHtml = html =>
    copySafely(new DOMParser().parseFromString(html, 'text/html').body, document.createDocumentFragment(), 0);

  const said = ({ text, html }) => (html ? safeHtml(html) : text);

  /* Decoration beside words: without a text of its own; one that does not load goes away. */
  function picture(url) {
    if (!safeUrl(url, ['https:', 'data:'])) return undefined;
    const image = make('img', { class: 'picture', src: url, alt: '', referrerpolicy: 'no-referrer', decoding: 'async' });
    image.addEventListener('error', () => image.remove());
    return image;
  }

  const text = value => (typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '');
  const list = value => (Array.isArray(value) ? value.filter(item => item && typeof item === 'object') : []);

  /* A message from the wire as an entry, with every field there; null: of no kind we know, or there is nothing in it. */
  function entryOf(message) {
    if (!message || !['own', 'message', 'choices', 'card'].includes(message.type)) return null;
    const own = message.type === 'own' || message.from === 'user';
    const options = list(message.options)
      .map(({ value, label }) => ({ value: text(value), label: text(label) || text(value) }))
      .filter(({ value }) => value !== '');
    const item = message.item && typeof message.item === 'object' ? message.item : {};
    const entry = {
      kind: own ? 'own' : message.type, id: text(message.id), at: Number(message.at) || Date.now(), state: 'sent',
      text: text(message.text), html: text(message.html), image: message.image, item,
      buttons: list(message.buttons).filter(({ url }) => safeUrl(url)), options, several: message.several === true, step: text(message.step),
    };
    const empty = {
      own: !entry.text, message: !entry.text && !entry.html && !entry.image && entry.buttons.length === 0,
      choices: options.length === 0, card: !text(item.name) && !text(item.id),
    };
    return empty[entry.kind] ? null : entry;
  }

  // ── what was said ──────────────────────────────────────────────────────────────────────────────────────────────
  let entries = [];

  const isOwn = entry => entry.kind === 'own';
  const same = (a, b) => a.normalize('NFC').trim() === b.normalize('NFC').trim();

  function takeHistory(messages) {
    const known = new Map(entries.filter(({ id }) => id).map(entry => [entry.id, entry]));
    const merged = [], taken = new Set();
    for (const entry of list(messages).map(entryOf).filter(Boolean)) {
      const ours = known.get(entry.id) || entry;
      if (entry.id) known.set(entry.id, ours);
      if (!taken.has(ours)) merged.push(ours);
      taken.add(ours);
      if (isOwn(ours)) Object.assign(ours, { at: entry.at, state: 'sent' });
    }
    unanswered = unanswered.filter(entry => !taken.has(entry));
    watchAnswers();
    for (const entry of entries.filter(other => !taken.has(other))) { // what the service did not tell again
      const after = entry.state === 'sending' ? -1 : merged.findIndex(other => other.at > entry.at);
      merged.splice(after < 0 ? merged.length : after, 0, entry);
    }
    entries = merged;
    log.setAttribute('aria-busy', 'true'); // nobody wants all of it read aloud
    render();
    requestAnimationFrame(() => log.removeAttribute('aria-busy'));
  }

  function takeMessage(message) {
    const entry = entryOf(message);
    if (!entry || (entry.id && entries.some(other => other.id === entry.id))) return;
    entries.push(entry);
    if (!isOwn(entry)) { // our own: said on another tab
      hideTyping();
      countUnread();
      newer.hidden = stuck;
    }
    render();
  }

  /* The answers to each question with choices: the first thing we said after it; the last unanswered one is open. */
  function settleChoices() {
    let open = null, question = null;
    for (const entry of entries) {
      if (entry.kind === 'choices') {
        question = open = entry;
        entry.chosen = [];
      } else if (isOwn(entry) && entry.state !== 'failed' && question) {
        question.chosen = chosenIn(question, entry);
        showLabels(entry, question.chosen);
        question = open = null;
      }
    }
    for (const entry of entries) if (entry.kind === 'choices') showChosen(entry, entry === open);
    input.placeholder = open ? words.choose_or_write : words.write_here;
    return open;
  }

  function chosenIn({ options, several }, own) {
    const answer = own.value ?? own.text;
    const whole = options.filter(({ value, label }) => same(value, answer) || same(label, answer));
    if (whole.length > 0 || !several) return whole.slice(0, 1);
    const parts = answer.split(',');
    return options.filter(({ value, label }) => parts.some(part => same(value, part) || same(label, part)));
  }

  /* A history may tell the values that were chosen; people read labels. */
  function showLabels(own, chosen) {
    if (chosen.length === 0 || !same(own.text, chosen.map(({ value }) => value).join(','))) return;
    own.text = chosen.map(({ label }) => label).join(', ');
    own.node.querySelector('.bubble').textContent = own.text;
  }

  // ── the log ────────────────────────────────────────────────────────────────────────────────────────────────────
  const days = new Map();
  let openChoices = null;

  const dayOf = at => new Date(at).toDateString();

  function daySeparator(at) {
    const day = dayOf(at), now = Date.now();
    if (!days.has(day)) days.set(day, make('p', { class: 'day' }, make('span')));
    days.get(day).firstChild.textContent =
      day === dayOf(now) ? words.today : day === dayOf(now - 864e5) ? words.yesterday : wholeDay.format(at);
    return days.get(day);
  }

  /* One after the other, by the same side, soon: they share a face and a time. */
  const goTogether = (a, b) =>
    a && b && isOwn(a) === isOwn(b) && dayOf(a.at) === dayOf(b.at) && Math.abs(b.at - a.at) < GROUP_MS;

  function render() {
    entries.splice(0, entries.length - MAX_ENTRIES);
    const nodes = [];
    entries.forEach((entry, i) => {
      const before = entries[i - 1], after = entries[i + 1];
      if (!before || dayOf(before.at) !== dayOf(entry.at)) nodes.push(daySeparator(entry.at));
      if (entry.kind === 'choices' && before && !isOwn(before)) entry.textBefore = before.text;
      entry.node ??= build(entry);
      entry.node.classList.toggle('first', !goTogether(before, entry));
      const alone = !goTogether(entry, after) || after.kind === 'choices' || after.state !== entry.state;
      entry.node.classList.toggle('last', alone);
      if (isOwn(entry)) showState(entry);
      nodes.push(entry.node);
    });
    place(nodes);
    openChoices = settleChoices();
    welcome.hidden = entries.length > 0;
  }

  /* Puts the nodes into the log, moving none that stands right: a moved one would be read aloud again. */
  function place(nodes) {
    const wanted = new Set(nodes);
    for (const node of [...log.children]) if (!wanted.has(node)) node.remove();
    let at = log.firstChild;
    for (const node of nodes) {
      if (node === at) at = at.nextSibling;
      else log.insertBefore(node, at);
    }
  }

  function build(entry) {
    const own = isOwn(entry);
    const body = { own: buildText, message: buildText, choices: buildChoices, card: buildCard }[entry.kind](entry);
    const time = make('time', { datetime: new Date(entry.at).toISOString() }, clockTime.format(entry.at));
    return make('div', { class: `entry ${own ? 'own' : 'bot'} ${entry.kind}` },
      own ? null : make('img', { class: 'face', src: '/chat/icon.svg', alt: '', width: 30, height: 30 }),
      make('div', { class: 'body' }, make('span', { class: 'unseen' }, (own ? words.me : words.bot) + ': '), ...body),
      make('div', { class: 'meta' }, own ? make('span', { class: 'mark' }) : null, time));
  }

  function buildText(entry) {
    const image = picture(entry.image);
    const bubble = entry.text || entry.html ? make('div', { class: entry.html ? 'bubble rich' : 'bubble' }, said(entry)) : null;
    const links = entry.buttons.map(({ label, url }) => outside(url, { class: 'link' }, text(label) || url));
    return [image, bubble, links.length > 0 ? make('div', { class: 'links' }, ...links) : null];
  }

  function buildCard({ item, text: textBeside, html }) {
    const price = /^\d+$/.test(text(item.price)) ? words.won(Number(item.price).toLocaleString(tongue)) : text(item.price);
    const url = safeUrl(item.url);
    const about = text(item.html) || html ? safeHtml(text(item.html) || html) : text(item.text) || textBeside;
    return [make('article', { class: 'product' },
      picture(item.image),
      make('div', { class: 'product-text' },
        make('h2', {}, text(item.name) || text(item.id)),
        price ? make('p', { class: 'price' }, price) : null,
        about ? make('div', { class: 'about' }, about) : null,
        url && text(item.button) ? outside(url, { class: 'link' }, text(item.button)) : null))];
  }

  // ── choices ────────────────────────────────────────────────────────────────────────────────────────────────────
  /* Digits choose only where nobody could mean the answer itself ("20대", a scale from 0 to 10). */
  const hasKeys = ({ options }) => options.length <= 9 && !options.some(({ label }) => /^\s*\d/.test(label));

  function buildChoices(entry) {
    const keys = hasKeys(entry);
    const options = entry.options.map((option, i) => {
      const key = keys ? make('kbd', { 'aria-hidden': 'true' }, String(i + 1)) : null;
      option.control = entry.several ? make('input', { type: 'checkbox' }) : make('button', { type: 'button', class: 'option' });
      if (entry.several) return make('label', { class: 'option' }, option.control, make('span', {}, option.label), key);
      option.control.append(option.label, ...(key ? [key] : []));
      option.control.addEventListener('click', () => choose(entry, [option]));
      return option.control;
    });
    entry.group = make('div', { class: 'options', role: 'group', 'aria-label': entry.text || entry.textBefore || words.choices }, ...options);
    entry.group.addEventListener('keydown', event => moveAmong(entry, event));
    const bubble = entry.text || entry.html ? make('div', { class: entry.html ? 'bubble rich' : 'bubble' }, said(entry)) : null;
    if (!entry.several) return [bubble, entry.group];
    entry.confirm = make('button', { type: 'button', class: 'confirm', disabled: true }, words.confirm);
    entry.confirm.addEventListener('click', () => choose(entry, entry.options.filter(({ control }) => control.checked)));
    entry.group.addEventListener('change', () => canConfirm(entry));
    return [bubble, make('div', { class: 'several' }, entry.group, entry.confirm)];
  }

  function canConfirm({ options, confirm }) {
    confirm.disabled = !options.some(({ control }) => control.checked && !control.disabled);
  }

  /* Arrow keys, Home and End go from option to option. */
  function moveAmong({ options }, event) {
    const at = options.findIndex(({ control }) => control === event.target);
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const to = step ? (at + step + options.length) % options.length
      : { Home: 0, End: options.length - 1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    options[to].control.focus();
  }

  function showChosen(entry, open) {
    if (entry.open === open && entry.shown === entry.chosen.length) return;
    Object.assign(entry, { open, shown: entry.chosen.length });
    entry.node.classList.toggle('open', open);
    for (const option of entry.options) {
      const chosen = entry.chosen.includes(option);
      option.control.disabled = !open;
      if (!entry.several) option.control.setAttribute('aria-pressed', String(chosen));
      else if (!open || chosen) option.control.checked = chosen;
      option.control.closest('.option').classList.toggle('chosen', chosen);
    }
    if (entry.several) canConfirm(entry);
  }

  function choose(entry, options) {
    if (entry !== openChoices || options.length === 0) return;
    entries = entries.filter(other => !(isOwn(other) && other.state === 'failed' && other.question === entry));
    say(options.map(({ label }) => label).join(', '), options.map(({ value }) => value).join(','), entry);
    (finePointer.matches ? input : scroller).focus({ preventScroll: true }); // no keyboard pops up on a phone
  }

  function chooseByKey(key) {
    const option = openChoices && hasKeys(openChoices) && /^[1-9]$/.test(key) && openChoices.options[key - 1];
    if (!option) return false;
    option.control.click();
    return true;
  }

  // ── our own texts ──────────────────────────────────────────────────────────────────────────────────────────────
  let unanswered = []; // on the wire, neither kept nor refused yet, oldest first

  function say(written, value, question) {
    entries.push({ kind: 'own', id: randomName(), at: Date.now(), state: 'sending', tries: 0, text: written, value, question, buttons: [] });
    stuck = true;
    flush();
    render();
    toBottom();
  }

  function flush() {
    for (const entry of ready ? entries : []) {
      if (entry.state !== 'sending' || unanswered.includes(entry)) continue;
      const what = entry.value === undefined ? { type: 'text', text: entry.text }
        : { type: 'choose', value: entry.value, ...(entry.question.step && { step: entry.question.step }) };
      socket.send(JSON.stringify({ ...what, id: entry.id }));
      entry.tries++;
      unanswered.push(entry);
      watchAnswers();
    }
  }

  /* What was said under this id is kept, or is not; without an id the oldest is meant. */
  function answered(id, state) {
    const index = id ? unanswered.findIndex(entry => entry.id === id) : 0;
    for (const entry of index < 0 ? [] : unanswered.splice(index, 1)) entry.state = state;
    watchAnswers();
    render();
  }

  let answerTimer = 0;

  /* Silence after a text means a dead connection: a new one tells in its history what was kept. */
  function watchAnswers() {
    clearTimeout(answerTimer);
    if (unanswered.length > 0) answerTimer = setTimeout(() => drop(), ACK_MS);
  }

  function retry(entry) {
    entries = [...entries.filter(other => other !== entry), Object.assign(entry, { state: 'sending', tries: 0, at: Date.now() })];
    flush();
    render();
    toBottom();
  }

  function showState(entry) {
    if (entry.shownState === entry.state) return;
    entry.shownState = entry.state;
    entry.node.dataset.state = entry.state;
    const mark = entry.node.querySelector('.mark');
    if (entry.state !== 'failed') {
      mark.replaceChildren(make('span', { class: 'unseen' }, words[entry.state]));
      return;
    }
    const again = make('button', { type: 'button', class: 'retry' }, words.retry);
    again.addEventListener('click', () => retry(entry));
    mark.replaceChildren(words.failed + ' · ', again);
  }

  // ── the socket ─────────────────────────────────────────────────────────────────────────────────────────────────
  let socket = null, greeting = null, ready = false, losses = 0, waitTimer = 0, readyTimer = 0;

  function connect() {
    clearTimeout(waitTimer);
    if (socket) return;
    showConnection(losses === 0 ? 'connecting' : 'again');
    const mine = new WebSocket(location.origin.replace(/^http/, 'ws') + '/ws', 'gilbot.chat');
    socket = mine;
    mine.onopen = () => {
      greeting = hello();
      mine.send(JSON.stringify(greeting));
      readyTimer = setTimeout(becomeReady, READY_MS); // its answer may be missing
    };
    mine.onmessage = event => {
      if (mine === socket) take(event.data);
    };
    mine.onclose = () => {
      if (mine === socket) drop();
    };
  }

  function becomeReady() {
    clearTimeout(readyTimer);
    if (ready) return;
    ready = true;
    losses = 0;
    showConnection('online');
    flush();
  }

  /* Lets the connection go; the next one comes after a while that grows, and differs from page to page. */
  function drop() {
    leave();
    for (const entry of entries) if (entry.state === 'sending' && entry.tries >= MAX_TRIES) entry.state = 'failed';
    render();
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** losses++) * (0.5 + Math.random() / 2);
    waitTimer = setTimeout(connect, wait);
    showConnection('again');
  }

  function leave() {
    const old = socket;
    socket = null;
    ready = false;
    unanswered = [];
    for (const timer of [readyTimer, answerTimer, waitTimer]) clearTimeout(timer);
    hideTyping();
    if (old) old.close();
  }

  function take(data) {
    let message = null;
    try { message = JSON.parse(data); } catch { return; }
    if (!message || typeof message !== 'object') return;
    const refused = message.type === 'failed' || message.type === 'refused';
    if (refused && message.id === greeting.id) {
      drop(); // the service cannot take anything now
      return;
    }
    if (message.type === 'history') takeHistory(message.messages);
    else if (message.type === 'ack' || refused) answered(message.id, refused ? 'failed' : 'sent');
    else if (message.type === 'typing') showTyping();
    else if (message.type === 'draft') showDraft(message);
    else takeMessage(message);
    if (message.type === 'history' || message.id === greeting.id) becomeReady();
  }

  function showConnection(state) {
    const shown = state === 'again' && navigator.onLine === false ? 'offline' : state;
    document.body.dataset.connection = shown;
    if ($('state').textContent !== words[shown]) $('state').textContent = words[shown];
  }

  // ── what moves ─────────────────────────────────────────────────────────────────────────────────────────────────
  let stuck = true, roomSeen = 0, typingTimer = 0, unread = 0;

  const room = () => scroller.scrollHeight - scroller.clientHeight;

  function toBottom() {
    roomSeen = room();
    scroller.scrollTop = roomSeen;
    newer.hidden = true;
  }

  function watchScroll() {
    scroller.addEventListener('scroll', () => {
      if (stuck && room() !== roomSeen) return; // not the reader: the size changed, and the observer follows
      stuck = room() - scroller.scrollTop < NEAR_BOTTOM_PX;
      if (stuck) newer.hidden = true;
    }, { passive: true });
    const observer = new ResizeObserver(() => { // a new message, a loaded picture, a phone's keyboard
      if (stuck) toBottom();
      roomSeen = room();
    });
    for (const node of [scroller, log, typing]) observer.observe(node);
    newer.addEventListener('click', () => {
      stuck = true;
      toBottom();
      scroller.focus({ preventScroll: true });
    });
  }

  function showTyping() {
    clearTimeout(typingTimer);
    typingTimer = setTimeout(hideTyping, TYPING_MS);
    typing.hidden = false;
    if (stuck) toBottom();
  }

  /* An answer while it is being made.  Screen readers hear that it is being written, and then the whole. */
  function showDraft(message) {
    draft.replaceChildren(message.html ? safeHtml(text(message.html)) : text(message.text));
    draft.hidden = draft.textContent.trim() === '';
    showTyping();
  }

  function hideTyping() {
    clearTimeout(typingTimer);
    typing.hidden = true;
    draft.hidden = true;
    draft.replaceChildren();
  }

  function countUnread() {
    if (document.hidden) unread++;
    document.title = (unread > 0 ? `(${unread}) ` : '') + words.bot;
  }

  // ── the writer ─────────────────────────────────────────────────────────────────────────────────────────────────
  function grow() {
    input.style.height = 'auto';
    input.style.height = input.scrollHeight + 'px'; // the style sheet caps it at five lines
    sendButton.disabled = input.value.trim() === '';
  }

  function sendInput() {
    const written = input.value.normalize('NFC').trim();
    if (written === '') return;
    input.value = '';
    grow();
    say(written);
  }

  function onKey(event) {
    if (event.isComposing || event.keyCode === 229) return; // Enter that ends a Korean syllable is no Enter
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      sendInput();
    } else if (input.value === '' && !event.ctrlKey && !event.altKey && !event.metaKey) {
      if (chooseByKey(event.key)) event.preventDefault();
      else if (event.key === 'ArrowUp' && openChoices) openChoices.options[0]?.control.focus();
    }
  }

  function listen() {
    input.addEventListener('input', grow);
    input.addEventListener('keydown', onKey);
    $('writer').addEventListener('submit', event => {
      event.preventDefault();
      sendInput();
      input.focus();
    });
    $('new').addEventListener('click', () => $('ask-new').showModal());
    $('ask-new').addEventListener('close', () => {
      if ($('ask-new').returnValue === 'yes') startNew();
      $('ask-new').returnValue = '';
    });
    addEventListener('online', connect);
    addEventListener('offline', () => showConnection(ready ? 'online' : 'again'));
    document.addEventListener('visibilitychange', () => {
      if (document.hidden) return;
      unread = 0;
      countUnread();
      connect();
    });
  }

  function startNew() {
    leave();
    newVisitor();
    entries = [];
    losses = 0;
    stuck = true;
    render();
    connect();
    input.focus();
  }

  speak();
  listen();
  watchScroll();
  grow();
  connect();
  if (finePointer.matches) input.focus();
})();

/* integrations/web_chat/page.h — the web chat's page and what it loads, from memory.
 *
 *   GET /chat            chat.html         every file is in the binary (integrations/web_chat/assets)
 *   GET /chat/chat.css   GET /chat/chat.js   GET /chat/icon.svg
 *
 * Browsers keep a copy and ask each time whether it is still good: a strong ETag (SHA-256 of the bytes) answers 304, so a
 * new version of gilbot is seen at once.  The Content-Security-Policy allows nothing inline and no other host but images
 * over https; `connect-src 'self'` covers the page's own ws: and wss: (CSP Level 3 §6.7.2.8).
 *
 * Thread: loop thread only.                                                                                          */
#ifndef GILBOT_INTEGRATIONS_WEB_CHAT_PAGE_H
#define GILBOT_INTEGRATIONS_WEB_CHAT_PAGE_H

struct http_request;

/* A route handler for GET /chat and /chat/…; other paths below it get 404.  `arg` is not used. */
void page_serve(const struct http_request *request, void *arg);

#endif

#include "integrations/web_chat/visitors.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "bot/base/banned.h"

enum { BUCKETS = 4096, BIT_MIX = 32 };

struct unsettled {
    struct unsettled *next;
    char id[];
};

struct seat {
    uint64_t connection;
    struct visitor_name visitor;
    struct unsettled *first;
    size_t n_unsettled;
    struct seat *next_by_connection, *next_by_visitor;
};

struct visitors {
    pthread_mutex_t lock;
    struct seat *by_connection[BUCKETS], *by_visitor[BUCKETS];
};

/* ── buckets ───────────────────────────────────────────────────────────────────────────────────────────────────── */

static struct seat **connection_bucket(struct visitors *visitors, uint64_t connection)
{
    return &visitors->by_connection[(connection ^ connection >> BIT_MIX) % BUCKETS];
}

static struct seat **visitor_bucket(struct visitors *visitors, struct str visitor)
{
    return &visitors->by_visitor[str_hash(visitor) % BUCKETS];
}

static struct seat *find(struct visitors *visitors, uint64_t connection)
{
    struct seat *seat = *connection_bucket(visitors, connection);
    while (seat != NULL && seat->connection != connection)
        seat = seat->next_by_connection;
    return seat;
}

static void add_by_visitor(struct visitors *visitors, struct seat *seat)
{
    struct seat **bucket = visitor_bucket(visitors, str_of(seat->visitor.text));
    seat->next_by_visitor = *bucket;
    *bucket = seat;
}

static void remove_by_visitor(struct visitors *visitors, struct seat *seat)
{
    struct seat **at = visitor_bucket(visitors, str_of(seat->visitor.text));
    while (*at != seat)
        at = &(*at)->next_by_visitor;
    *at = seat->next_by_visitor;
}

static void set_name(struct visitor_name *name, struct str s)
{
    size_t n = s.n < VISITOR_MAX_BYTES ? s.n : VISITOR_MAX_BYTES;
    if (n > 0)
        memcpy(name->text, s.p, n);
    name->text[n] = '\0';
}

static void free_seat(struct seat *seat)
{
    for (struct unsettled *unsettled = seat->first, *next; unsettled != NULL; unsettled = next) {
        next = unsettled->next;
        free(unsettled);
    }
    free(seat);
}

/* ── seats ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

struct visitors *visitors_new(void)
{
    struct visitors *visitors = calloc(1, sizeof *visitors);
    if (visitors != NULL)
        pthread_mutex_init(&visitors->lock, NULL);
    return visitors;
}

void visitors_free(struct visitors *visitors)
{
    if (visitors == NULL)
        return;
    for (size_t i = 0; i < BUCKETS; i++)
        for (struct seat *seat = visitors->by_connection[i], *next; seat != NULL; seat = next) {
            next = seat->next_by_connection;
            free_seat(seat);
        }
    pthread_mutex_destroy(&visitors->lock);
    free(visitors);
}

bool visitors_seat(struct visitors *visitors, uint64_t connection, struct str visitor)
{
    pthread_mutex_lock(&visitors->lock);
    struct seat *seat = find(visitors, connection);
    if (seat != NULL) {
        remove_by_visitor(visitors, seat);
    } else if ((seat = calloc(1, sizeof *seat)) != NULL) {
        struct seat **bucket = connection_bucket(visitors, connection);
        seat->connection = connection;
        seat->next_by_connection = *bucket;
        *bucket = seat;
    }
    if (seat != NULL) {
        set_name(&seat->visitor, visitor);
        add_by_visitor(visitors, seat);
    }
    pthread_mutex_unlock(&visitors->lock);
    return seat != NULL;
}

bool visitors_name(struct visitors *visitors, uint64_t connection, struct visitor_name *ret_name)
{
    pthread_mutex_lock(&visitors->lock);
    const struct seat *seat = find(visitors, connection);
    if (seat != NULL)
        *ret_name = seat->visitor;
    pthread_mutex_unlock(&visitors->lock);
    return seat != NULL;
}

void visitors_leave(struct visitors *visitors, uint64_t connection)
{
    pthread_mutex_lock(&visitors->lock);
    struct seat **at = connection_bucket(visitors, connection);
    while (*at != NULL && (*at)->connection != connection)
        at = &(*at)->next_by_connection;
    struct seat *seat = *at;
    if (seat != NULL) {
        *at = seat->next_by_connection;
        remove_by_visitor(visitors, seat);
    }
    pthread_mutex_unlock(&visitors->lock);
    if (seat != NULL)
        free_seat(seat);
}

size_t visitors_connections(struct visitors *visitors, struct str visitor, uint64_t *ret_connections, size_t max)
{
    size_t n = 0;
    pthread_mutex_lock(&visitors->lock);
    for (const struct seat *seat = *visitor_bucket(visitors, visitor); seat != NULL && n < max;
         seat = seat->next_by_visitor)
        if (str_eq(str_of(seat->visitor.text), visitor))
            ret_connections[n++] = seat->connection;
    pthread_mutex_unlock(&visitors->lock);
    return n;
}

/* ── what is not settled ───────────────────────────────────────────────────────────────────────────────────────── */

bool visitors_add_unsettled(struct visitors *visitors, uint64_t connection, struct str id)
{
    struct str cut = str_first(id, VISITOR_MAX_ID_BYTES);
    struct unsettled *unsettled = calloc(1, sizeof *unsettled + cut.n + 1);
    if (unsettled == NULL)
        return false;
    if (cut.n > 0)
        memcpy(unsettled->id, cut.p, cut.n);
    pthread_mutex_lock(&visitors->lock);
    struct seat *seat = find(visitors, connection);
    bool fits = seat != NULL && seat->n_unsettled < VISITOR_MAX_UNSETTLED;
    if (fits) {
        struct unsettled **last = &seat->first;
        while (*last != NULL)
            last = &(*last)->next;
        *last = unsettled;
        seat->n_unsettled++;
    }
    pthread_mutex_unlock(&visitors->lock);
    if (!fits)
        free(unsettled);
    return fits;
}

bool visitors_settle(struct visitors *visitors, uint64_t connection, bool latest, struct visitor_name *ret_id)
{
    ret_id->text[0] = '\0';
    pthread_mutex_lock(&visitors->lock);
    struct seat *seat = find(visitors, connection);
    struct unsettled *taken = NULL;
    if (seat != NULL && seat->first != NULL) {
        struct unsettled **at = &seat->first;
        while (latest && (*at)->next != NULL)
            at = &(*at)->next;
        taken = *at;
        *at = taken->next;
        seat->n_unsettled--;
    }
    pthread_mutex_unlock(&visitors->lock);
    if (taken != NULL)
        set_name(ret_id, str_of(taken->id));
    free(taken);
    return taken != NULL;
}

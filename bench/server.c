/* A canned-response DynamoDB endpoint, plain and TLS, for the benchmarks: it answers faster than any client asks.
 *
 * server FOLDER CERTIFICATE KEY
 *
 * FOLDER holds bodies as `<Operation>.<table>.json`; a request's X-Amz-Target and its first table name choose one.
 * A body with the mark `~0000~` is one page of many: the number in the request's own mark, plus one, replaces it, and
 * the page numbered PAGES ends the query (its file is `<Operation>.<table>.last.json`).
 * The heads are those that DynamoDB sends, CRC32 included. Ports are chosen by the system and printed on one line:
 * plain, TLS. One thread, one epoll loop, 127.0.0.1 only; it ends when its standard input does.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zlib.h>

enum { MAX_CANNED = 256, READ_SIZE = 65536, SMALL = 16000 };

typedef struct {
    char *name; /* Operation.table */
    char *body;
    size_t size;
    char *mark; /* the digits of the page number, or NULL */
} Canned;

typedef struct {
    int fd;
    int listener; /* 1: plain, 2: TLS, 0: a connection */
    SSL *ssl;
    char *in;
    size_t in_size, in_room;
    char *out;
    size_t out_size, out_done;
} Connection;

static Canned canned[MAX_CANNED];
static int canned_count;
static int pages = 1;
static SSL_CTX *context;
static int poller;

static void fail(const char *what) {
    fprintf(stderr, "server: %s: %s\n", what, strerror(errno));
    exit(2);
}

static char *read_file(const char *path, size_t *size) {
    FILE *file = fopen(path, "rb");
    if (!file) fail(path);
    fseek(file, 0, SEEK_END);
    *size = (size_t)ftell(file);
    rewind(file);
    char *text = malloc(*size + 1);
    if (fread(text, 1, *size, file) != *size) fail(path);
    text[*size] = 0;
    fclose(file);
    return text;
}

static void load(const char *folder) {
    DIR *directory = opendir(folder);
    if (!directory) fail(folder);
    struct dirent *entry;
    while ((entry = readdir(directory))) {
        char *end = strstr(entry->d_name, ".json");
        if (!end || canned_count == MAX_CANNED) continue;
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        Canned *each = &canned[canned_count++];
        each->name = strndup(entry->d_name, (size_t)(end - entry->d_name));
        each->body = read_file(path, &each->size);
        char *mark = strstr(each->body, "~0000~");
        each->mark = mark ? mark + 1 : NULL;
    }
    closedir(directory);
}

static Canned *find(const char *name) {
    for (int i = 0; i < canned_count; i++)
        if (!strcmp(canned[i].name, name)) return &canned[i];
    return NULL;
}

/* The first JSON string after `key` in the request's body. */
static void string_after(const char *body, const char *key, char *to, size_t room) {
    to[0] = 0;
    const char *at = strstr(body, key);
    if (!at) return;
    at = strchr(at + strlen(key), '"');
    if (!at) return;
    size_t length = strcspn(at + 1, "\"");
    if (length < room) {
        memcpy(to, at + 1, length);
        to[length] = 0;
    }
}

static Canned *choose(const char *operation, const char *body, int *page) {
    char table[128], name[256];
    string_after(body, "\"TableName\"", table, sizeof table);
    if (!table[0]) string_after(body, "\"RequestItems\"", table, sizeof table);
    snprintf(name, sizeof name, "%s.%s", operation, table);
    Canned *found = find(name);
    *page = 0;
    const char *mark = strchr(body, '~');
    if (found && found->mark && mark) *page = atoi(mark + 1);
    if (found && found->mark && *page >= pages - 1) {
        strncat(name, ".last", sizeof name - strlen(name) - 1);
        return find(name);
    }
    return found;
}

static void queue(Connection *connection, const char *status, const char *body, size_t size, int page, char *mark) {
    char *out = malloc(size + 512);
    char *copy = out + 512;
    memcpy(copy, body, size);
    if (mark) {
        char digits[16];
        snprintf(digits, sizeof digits, "%04d", (page + 1) % 10000);
        memcpy(copy + (mark - body), digits, 4);
    }
    int head = snprintf(out, 512,
                        "HTTP/1.1 %s\r\nServer: Server\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\n"
                        "Content-Type: application/x-amz-json-1.0\r\nContent-Length: %zu\r\nConnection: keep-alive\r\n"
                        "x-amzn-RequestId: 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789ABCDEF\r\n"
                        "x-amz-crc32: %lu\r\n\r\n",
                        status, size, crc32(0, (const unsigned char *)copy, (unsigned)size));
    memmove(out + head, copy, size);
    connection->out = out;
    connection->out_size = (size_t)head + size;
    connection->out_done = 0;
}

static void drop(Connection *connection) {
    if (connection->ssl) SSL_free(connection->ssl);
    close(connection->fd);
    free(connection->in);
    free(connection->out);
    free(connection);
}

static void watch(Connection *connection, unsigned events, int how) {
    struct epoll_event event = {.events = events, .data.ptr = connection};
    epoll_ctl(poller, how, connection->fd, &event);
}

/* 1: all is sent; 0: the socket is full; -1: the connection is gone. */
static int flush(Connection *connection) {
    while (connection->out && connection->out_done < connection->out_size) {
        const char *from = connection->out + connection->out_done;
        size_t left = connection->out_size - connection->out_done;
        long sent;
        if (connection->ssl) {
            sent = SSL_write(connection->ssl, from, (int)left);
            if (sent <= 0) return SSL_get_error(connection->ssl, (int)sent) == SSL_ERROR_WANT_WRITE ? 0 : -1;
        } else {
            sent = send(connection->fd, from, left, MSG_NOSIGNAL);
            if (sent < 0) return errno == EAGAIN ? 0 : -1;
        }
        connection->out_done += (size_t)sent;
    }
    free(connection->out);
    connection->out = NULL;
    return 1;
}

/* Answer the request at the start of the input, if it is whole. */
static int answer(Connection *connection) {
    if (!connection->in_size) return 0;
    connection->in[connection->in_size] = 0;
    char *end = strstr(connection->in, "\r\n\r\n");
    if (!end) return 0;
    *end = 0;
    char *length_field = strcasestr(connection->in, "\r\ncontent-length:");
    size_t length = length_field ? (size_t)atol(length_field + 17) : 0;
    char operation[64] = "";
    char *target = strcasestr(connection->in, "\r\nx-amz-target:");
    if (target && (target = strstr(target, "DynamoDB_20120810.")))
        sscanf(target + 18, "%63[A-Za-z]", operation);
    *end = '\r';
    char *body = end + 4;
    size_t whole = (size_t)(body - connection->in) + length;
    if (connection->in_size < whole) return 0;
    char next = connection->in[whole];
    connection->in[whole] = 0;
    int page;
    Canned *found = choose(operation, body, &page);
    connection->in[whole] = next;
    if (found) {
        queue(connection, "200 OK", found->body, found->size, page, found->mark);
    } else {
        const char *unknown = "{\"__type\":\"com.amazon.coral.service#UnknownOperationException\"}";
        queue(connection, "400 Bad Request", unknown, strlen(unknown), 0, NULL);
    }
    connection->in_size -= whole;
    memmove(connection->in, connection->in + whole, connection->in_size);
    return 1;
}

static int work(Connection *connection) {
    int done = flush(connection);
    if (done < 0) return -1;
    for (;;) {
        while (done && answer(connection)) {
            done = flush(connection);
            if (done < 0) return -1;
        }
        if (!done) {
            watch(connection, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
            return 0;
        }
        if (connection->in_room < connection->in_size + READ_SIZE + 1) {
            connection->in_room = 2 * connection->in_room + READ_SIZE + 1;
            connection->in = realloc(connection->in, connection->in_room);
        }
        char *to = connection->in + connection->in_size;
        long got;
        if (connection->ssl) {
            got = SSL_read(connection->ssl, to, READ_SIZE);
            if (got <= 0) {
                int why = SSL_get_error(connection->ssl, (int)got);
                ERR_clear_error();
                if (why == SSL_ERROR_WANT_READ) break;
                return -1;
            }
        } else {
            got = recv(connection->fd, to, READ_SIZE, 0);
            if (got < 0 && errno == EAGAIN) break;
            if (got <= 0) return -1;
        }
        connection->in_size += (size_t)got;
        if (!connection->ssl && got < READ_SIZE) { /* nothing more is there: spare the next call */
            while (done && answer(connection)) {
                done = flush(connection);
                if (done < 0) return -1;
            }
            if (done) break;
        }
    }
    watch(connection, EPOLLIN, EPOLL_CTL_MOD);
    return 0;
}

static Connection *listen_on(int kind) {
    Connection *listener = calloc(1, sizeof *listener);
    listener->listener = kind;
    listener->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    int one = 1;
    setsockopt(listener->fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (bind(listener->fd, (struct sockaddr *)&address, sizeof address) || listen(listener->fd, 512)) fail("listen");
    watch(listener, EPOLLIN, EPOLL_CTL_ADD);
    return listener;
}

static int port_of(const Connection *listener) {
    struct sockaddr_in address;
    socklen_t size = sizeof address;
    getsockname(listener->fd, (struct sockaddr *)&address, &size);
    return ntohs(address.sin_port);
}

static void take(const Connection *listener) {
    int fd;
    while ((fd = accept4(listener->fd, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        int one = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        Connection *connection = calloc(1, sizeof *connection);
        connection->fd = fd;
        if (listener->listener == 2) {
            connection->ssl = SSL_new(context);
            SSL_set_fd(connection->ssl, fd);
            SSL_set_accept_state(connection->ssl);
        }
        watch(connection, EPOLLIN, EPOLL_CTL_ADD);
    }
}

static void prepare_tls(const char *certificate, const char *key) {
    context = SSL_CTX_new(TLS_server_method());
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    if (SSL_CTX_use_certificate_chain_file(context, certificate) != 1 ||
        SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1)
        fail("certificate");
}

int main(int count, char **arguments) {
    if (count != 5) return fprintf(stderr, "server FOLDER CERTIFICATE KEY PAGES\n"), 2;
    signal(SIGPIPE, SIG_IGN);
    load(arguments[1]);
    prepare_tls(arguments[2], arguments[3]);
    pages = atoi(arguments[4]);
    poller = epoll_create1(0);
    Connection *plain = listen_on(1), *tls = listen_on(2);
    Connection input = {.fd = 0, .listener = 3};
    watch(&input, EPOLLIN, EPOLL_CTL_ADD);
    printf("%d %d\n", port_of(plain), port_of(tls));
    fflush(stdout);
    struct epoll_event events[64];
    for (;;) {
        int ready = epoll_wait(poller, events, 64, -1);
        for (int i = 0; i < ready; i++) {
            Connection *connection = events[i].data.ptr;
            if (connection->listener == 3) return 0;
            if (connection->listener) take(connection);
            else if (work(connection) < 0) drop(connection);
        }
    }
}

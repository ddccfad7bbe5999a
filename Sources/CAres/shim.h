// The parts of c-ares that are used, as functions that fill in what is always the same.

#include <string.h>
#include <ares.h>

static inline int ares_prepare(void) { return ares_library_init(ARES_LIB_INIT_ALL); }

/// `servers` is a list separated by commas; null for the system's.
static inline int ares_open(ares_channel *channel, int timeout, int tries, const char *servers) {
    struct ares_options options;
    memset(&options, 0, sizeof options);
    options.flags = ARES_FLAG_NOALIASES;
    options.timeout = timeout;
    options.tries = tries;
    int status = ares_init_options(channel, &options, ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES);
    if (status != ARES_SUCCESS || !servers) return status;
    status = ares_set_servers_ports_csv(*channel, servers);
    if (status != ARES_SUCCESS) ares_destroy(*channel);
    return status;
}

/// Asks for a name's IPv4 addresses.
static inline void ares_ask(ares_channel channel, const char *name, ares_callback then, void *context) {
    ares_query(channel, name, 1, 1, then, context);
}

/// Whether an answer says that there is no such name, or nothing of the kind.
static inline int ares_says_nothing(int status) { return status == ARES_ENOTFOUND || status == ARES_ENODATA; }

static inline int ares_read_answer(const unsigned char *bytes, int length, struct ares_addrttl *found, int *count) {
    return ares_parse_a_reply(bytes, length, 0, found, count);
}

// OpenSSL for the generator's TLS clients.
#include <openssl/err.h>
#include <openssl/ssl.h>

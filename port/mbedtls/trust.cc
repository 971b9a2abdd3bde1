// port/mbedtls/trust.cc: reads the certificates that we trust, from PEM text or a PEM file, one at
// a time through a small window, so that a bundle costs what its certificates keep and no more.
// Depends on context.h and the system's open and read. Certificates that mbedTLS cannot read (a
// curve it lacks, say) are passed over: a bundle holds roots that this build can do without.
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "context.h"

namespace leat::tls {
namespace {

constexpr size_t window_bytes = 16 * 1024;
constexpr size_t bundle_bytes = 640 * 1024;
constexpr size_t certificate_bytes = 3 * 1024;
constexpr size_t path_max = 1024;
constexpr char begin_mark[] = "-----BEGIN CERTIFICATE-----";
constexpr char end_mark[] = "-----END CERTIFICATE-----";

const char* const system_bundles[] = {
    "/etc/ssl/certs/ca-certificates.crt",                 // Debian, Arch, Alpine
    "/etc/pki/tls/certs/ca-bundle.crt",                   // Fedora
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  // RHEL
    "/etc/ssl/ca-bundle.pem",                             // openSUSE
    "/etc/ssl/cert.pem",                                  // macOS, OpenBSD, FreeBSD
};

// Where PEM text comes from: a descriptor, or memory when that is -1.
struct Source {
    int descriptor;
    leat_str text;
};

int open_path(const char* path) {
    int descriptor = -1;
    do {
        descriptor = open(path, O_RDONLY | O_CLOEXEC);
    } while (descriptor < 0 && errno == EINTR);
    return descriptor;
}

// Bytes read; 0 at the end, negative on failure.
ssize_t read_some(Source* source, char* into, size_t room) {
    if (source->descriptor < 0) {
        const size_t size = source->text.size < room ? source->text.size : room;
        if (size > 0) memcpy(into, source->text.data, size);
        source->text.data += size;
        source->text.size -= size;
        return static_cast<ssize_t>(size);
    }
    ssize_t got = 0;
    do {
        got = read(source->descriptor, into, room);
    } while (got < 0 && errno == EINTR);
    return got;
}

size_t find(const char* in, size_t size, const char* mark, size_t mark_size, size_t from) {
    for (size_t at = from; at + mark_size <= size; ++at) {
        const void* const dash = memchr(in + at, '-', size - mark_size - at + 1);
        if (dash == nullptr) return SIZE_MAX;
        at = static_cast<size_t>(static_cast<const char*>(dash) - in);
        if (memcmp(in + at, mark, mark_size) == 0) return at;
    }
    return SIZE_MAX;
}

// Parses every whole certificate in window[0..*filled) and moves the rest to its front.
void take_whole(Context* context, char* window, size_t* filled) {
    size_t done = 0;
    for (;;) {
        const size_t begin = find(window, *filled, begin_mark, sizeof begin_mark - 1, done);
        if (begin == SIZE_MAX) {
            // Keep what may be the first half of a mark.
            if (*filled - done >= sizeof begin_mark) done = *filled - (sizeof begin_mark - 1);
            break;
        }
        const size_t end = find(window, *filled, end_mark, sizeof end_mark - 1, begin);
        if (end == SIZE_MAX) {
            done = begin;
            break;
        }
        done = end + sizeof end_mark - 1;
        const char behind = window[done];
        window[done] = '\0';  // mbedTLS wants the text to end in NUL
        const int code = mbedtls_x509_crt_parse(
            &context->trusted, reinterpret_cast<unsigned char*>(window + begin), done - begin + 1);
        window[done] = behind;
        if (code == 0) ++context->certificates;
    }
    memmove(window, window + done, *filled - done);
    *filled -= done;
}

leat_status load(Context* context, Source* source, char* window) {
    size_t filled = 0;
    for (;;) {
        if (filled == window_bytes - 1) filled = 0;  // no certificate is that long
        const ssize_t got = read_some(source, window + filled, window_bytes - 1 - filled);
        if (got < 0) return LEAT_E_TLS_CA;
        if (got == 0) break;
        filled += static_cast<size_t>(got);
        take_whole(context, window, &filled);
        if (context->pool.take_failure()) return LEAT_E_TLS_MEMORY;
    }
    return context->certificates > 0 ? LEAT_OK : LEAT_E_TLS_CA;
}

int open_source(const leat_tls_config& config) {
    if (config.ca_file.size > 0) {
        char path[path_max];
        if (config.ca_file.size >= sizeof path) return -1;
        memcpy(path, config.ca_file.data, config.ca_file.size);
        path[config.ca_file.size] = '\0';
        return strlen(path) == config.ca_file.size ? open_path(path) : -1;
    }
    for (const char* path : system_bundles) {
        const int descriptor = open_path(path);
        if (descriptor >= 0) return descriptor;
    }
    return -1;
}

}  // namespace

size_t trust_bytes(const leat_tls_config& config) {
    if (config.ca_pem.size == 0) return bundle_bytes;
    size_t count = 0;
    size_t at = 0;
    constexpr size_t mark_size = sizeof begin_mark - 1;
    const leat_str pem = config.ca_pem;
    while ((at = find(pem.data, pem.size, begin_mark, mark_size, at)) != SIZE_MAX) {
        ++count;
        at += mark_size;
    }
    return window_bytes + count * certificate_bytes + config.ca_pem.size;
}

leat_status load_trust(Context* context, const leat_tls_config& config) {
    Source source{-1, config.ca_pem};
    if (config.ca_pem.size == 0) {
        source.descriptor = open_source(config);
        if (source.descriptor < 0) return LEAT_E_TLS_CA;
    }
    char* const window = static_cast<char*>(leat_tls_calloc(1, window_bytes));
    const leat_status status =
        window == nullptr ? LEAT_E_TLS_MEMORY : load(context, &source, window);
    leat_tls_free(window);
    if (source.descriptor >= 0) (void)close(source.descriptor);
    return status;
}

}  // namespace leat::tls

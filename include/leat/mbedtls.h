/* leat/mbedtls.h: the TLS port over mbedTLS 2.28 LTS to 3.6 LTS (see leat/port.h: leat_tls_ops).
 *
 * Memory. state_bytes is the sum of a fixed part and of the pool that feeds the TLS library:
 *     fixed      the tables, one slot for each ticket, the allocator's index
 *     pool       leat_tls_config.pool_bytes, or when that is 0:
 *       trust      640 KiB for a CA file or the system's bundle (Debian's 144 roots: 433 KiB),
 *                  for ca_pem its size plus 3 KiB for each certificate
 *       sessions   sessions_max x 52 KiB (measured: 44 KiB at the worst moment of a full
 *                  handshake with one certificate, 53 KiB with three of RSA, 37 KiB of a
 *                  resumed one; 34 KiB afterwards)
 *       chains     16 KiB, for the long chains that a few peers send
 *       tickets    tickets_max x 2 KiB (the ticket's bytes; servers choose their size)
 * A pool that is too small is safe: the connection that met the end fails with
 * LEAT_E_TLS_MEMORY, the others go on. leat_tls_stats has the peak, for a tighter figure.
 *
 * Policy, with no switch to weaken it: chain and name verified; the name in a subjectAltName (DNS
 * or IP); RSA from 2048 and elliptic curves from 256 bits; signatures from SHA-256; X.509 v3; the
 * server's certificate is not a CA; TLS 1.2 at least; ECDHE with AEAD only; no renegotiation.
 */
#ifndef LEAT_MBEDTLS_H
#define LEAT_MBEDTLS_H

#include <leat/port.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The table. Needs a clock that knows the date and an entropy source in leat_tls_config. */
LEAT_API extern const leat_tls_ops leat_mbedtls;

/* Puts the table into ports->tls; the rest of ports stays as it is. */
LEAT_API void leat_mbedtls_port(leat_ports *ports);

#ifdef __cplusplus
}
#endif
#endif

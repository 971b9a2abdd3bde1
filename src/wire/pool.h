// wire/pool.h: kept connections of one origin, and whether a new one may be opened now.
// Depends on wire/connection. Invariant: every connection in an idle list is in state idle, has
// no user, and is the only thing that may be reused.
#pragma once

#include "base/timers.h"
#include "wire/connection.h"

namespace leat {

class IdlePool {
public:
    void open(Origin* origin);

    // Puts a ready connection aside, or drops it when the origin keeps none.
    void put(Connection* connection, uint64_t now_ns);
    // The most recently used one, ready; nullptr when none waits.
    Connection* take(uint64_t now_ns);
    // An event came for an idle connection: whatever it is, it is of no more use, save for noise.
    // True when it was dropped.
    bool on_event(Connection* connection);
    // Drops those that waited longer than the origin keeps them.
    void expire(uint64_t now_ns);
    // Drops the one that has waited longest. False when there is none.
    bool evict();
    void drop_all();

    // When the oldest must go; never_ns when none waits.
    uint64_t expires_at_ns();
    size_t size() const { return idle_.size(); }
    uint64_t oldest_since_ns();

    // A first TLS handshake is under way whose ticket the next connections should wait for.
    bool waits_for_lead(Wire* wire) const;

private:
    static bool is_quiet(Connection* connection, uint64_t now_ns);
    void drop(Connection* connection);

    Origin* origin_ = nullptr;
    List<Connection, &Connection::link> idle_;
};

}  // namespace leat

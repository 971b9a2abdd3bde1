// tests/port/sqlite_faults.h: a file system under SQLite that fails at the n-th write, sync or opening,
// once or from then on: SQLite's own layer for it, with a counter in between.
// Depends on sqlite3. Invariant: while it is installed every database is opened through it.
#pragma once

#ifdef LEAT_HAS_SQLITE
#include <sqlite3.h>
#include <string.h>

namespace port_test {

class Faults {
public:
    static Faults& get() {
        static Faults faults;
        return faults;
    }
    void install() { sqlite3_vfs_register(&vfs_, 1); }
    void remove() {
        sqlite3_vfs_register(system_, 1);
        arm(0, false, SQLITE_FULL);
    }
    // The n-th from now on (1: the next one) fails with `result`; 0: none does.
    void arm(int n, bool for_ever, int result) {
        left_ = n;
        for_ever_ = for_ever;
        result_ = result;
        fired_ = 0;
    }
    int fired() const { return fired_; }

private:
    struct File {
        sqlite3_file base;
        sqlite3_file* real;
    };

    Faults() {
        system_ = sqlite3_vfs_find(nullptr);
        vfs_ = *system_;
        vfs_.zName = "faults";
        vfs_.szOsFile = static_cast<int>(sizeof(File)) + system_->szOsFile;
        vfs_.xOpen = open;
        methods_.iVersion = 2;
        methods_.xClose = [](sqlite3_file* f) { return real(f)->pMethods->xClose(real(f)); };
        methods_.xRead = [](sqlite3_file* f, void* to, int size, sqlite3_int64 at) {
            return real(f)->pMethods->xRead(real(f), to, size, at);
        };
        methods_.xWrite = [](sqlite3_file* f, const void* from, int size, sqlite3_int64 at) {
            const int fault = get().next();
            return fault != 0 ? fault : real(f)->pMethods->xWrite(real(f), from, size, at);
        };
        methods_.xTruncate = [](sqlite3_file* f, sqlite3_int64 size) {
            return real(f)->pMethods->xTruncate(real(f), size);
        };
        // Nobody pulls the plug here: a sync counts, and is not waited for.
        methods_.xSync = [](sqlite3_file*, int) { return get().next(); };
        methods_.xFileSize = [](sqlite3_file* f, sqlite3_int64* size) {
            return real(f)->pMethods->xFileSize(real(f), size);
        };
        methods_.xLock = [](sqlite3_file* f, int level) { return real(f)->pMethods->xLock(real(f), level); };
        methods_.xUnlock = [](sqlite3_file* f, int level) {
            return real(f)->pMethods->xUnlock(real(f), level);
        };
        methods_.xCheckReservedLock = [](sqlite3_file* f, int* out) {
            return real(f)->pMethods->xCheckReservedLock(real(f), out);
        };
        methods_.xFileControl = [](sqlite3_file* f, int op, void* with) {
            return real(f)->pMethods->xFileControl(real(f), op, with);
        };
        methods_.xSectorSize = [](sqlite3_file* f) { return real(f)->pMethods->xSectorSize(real(f)); };
        methods_.xDeviceCharacteristics = [](sqlite3_file* f) {
            return real(f)->pMethods->xDeviceCharacteristics(real(f));
        };
        methods_.xShmMap = [](sqlite3_file* f, int page, int size, int extend, void volatile** out) {
            return real(f)->pMethods->xShmMap(real(f), page, size, extend, out);
        };
        methods_.xShmLock = [](sqlite3_file* f, int at, int n, int flags) {
            return real(f)->pMethods->xShmLock(real(f), at, n, flags);
        };
        methods_.xShmBarrier = [](sqlite3_file* f) { real(f)->pMethods->xShmBarrier(real(f)); };
        methods_.xShmUnmap = [](sqlite3_file* f, int del) {
            return real(f)->pMethods->xShmUnmap(real(f), del);
        };
    }

    static sqlite3_file* real(sqlite3_file* f) { return reinterpret_cast<File*>(f)->real; }

    static int open(sqlite3_vfs*, const char* name, sqlite3_file* f, int flags, int* out) {
        File* const file = reinterpret_cast<File*>(f);
        file->base.pMethods = nullptr;
        file->real = reinterpret_cast<sqlite3_file*>(file + 1);
        const int fault = get().next();
        if (fault != 0) return SQLITE_CANTOPEN;
        const int result = get().system_->xOpen(get().system_, name, file->real, flags, out);
        if (file->real->pMethods != nullptr) file->base.pMethods = &get().methods_;
        return result;
    }

    int next() {
        if (left_ == 0) return SQLITE_OK;
        if (--left_ > 0) return SQLITE_OK;
        ++fired_;
        left_ = for_ever_ ? 1 : 0;
        return result_;
    }

    sqlite3_vfs* system_ = nullptr;
    sqlite3_vfs vfs_{};
    sqlite3_io_methods methods_{};
    int left_ = 0;
    int result_ = SQLITE_FULL;
    bool for_ever_ = false;
    int fired_ = 0;
};

}  // namespace port_test
#endif

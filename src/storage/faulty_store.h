#pragma once
// A store that misbehaves on command, for tests of everything above it.

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "storage/object_store.h"

namespace hanok::storage {

enum class StoreCall { kGet, kHead, kPutIfAbsent, kPut, kRemove, kList };

enum class FaultKind {
    kFail,        // nothing happens, an error is thrown
    kDelay,       // waits delay_ms, then goes on
    kTear,        // puts: the first half of the data is stored, then an error is thrown
    kLoseAnswer,  // puts: all is stored, then an error is thrown
    kDiskFull,    // as kFail, with the error of a full disk
};

struct Fault {
    StoreCall call = StoreCall::kPut;
    FaultKind kind = FaultKind::kFail;
    std::string path_part;  // only calls whose path contains it; "" for all
    int64_t nth = 1;        // the nth such call, counted from when the fault was added
    int64_t times = 1;      // and the following ones; -1 for ever
    int64_t delay_ms = 0;
};

class FaultyStore final : public ObjectStore {
public:
    explicit FaultyStore(std::shared_ptr<ObjectStore> inner) : inner_(std::move(inner)) {}

    void add_fault(Fault fault);
    void clear_faults();
    /// Calls so far, faulty ones too.
    int64_t calls() const;

    std::optional<std::string> get(const std::string& path) override;
    std::optional<std::string> get_range(
        const std::string& path, int64_t offset, int64_t length) override;
    std::optional<ObjectInfo> head(const std::string& path) override;
    PutResult put_if_absent(const std::string& path, const std::string& data) override;
    void put(const std::string& path, const std::string& data) override;
    void remove(const std::string& path) override;
    std::vector<ObjectInfo> list(
        const std::string& folder, const std::string& start_after = "") override;
    std::vector<ObjectInfo> list_recursive(const std::string& folder) override;
    void make_directory(const std::string& folder) override;
    void remove_recursive(const std::string& folder) override;
    std::optional<std::string> local_path(const std::string& path) const override;

private:
    struct Armed {
        Fault fault;
        int64_t seen = 0;
    };
    /// Counts the call; waits or throws as told. kTear and kLoseAnswer are left to the puts.
    std::optional<FaultKind> strike(StoreCall call, const std::string& path);

    std::shared_ptr<ObjectStore> inner_;
    mutable std::mutex mutex_;  // guards faults_ and calls_
    std::vector<Armed> faults_;
    int64_t calls_ = 0;
};

}  // namespace hanok::storage

#include "storage/faulty_store.h"

#include <cerrno>
#include <chrono>
#include <thread>

#include "storage/store_error.h"

namespace hanok::storage {

namespace {

Error injected(const std::string& path) { return store_error("injected fault", path, EIO); }

}  // namespace

void FaultyStore::add_fault(Fault fault) {
    std::lock_guard lock(mutex_);
    faults_.push_back({std::move(fault), 0});
}

void FaultyStore::clear_faults() {
    std::lock_guard lock(mutex_);
    faults_.clear();
}

int64_t FaultyStore::calls() const {
    std::lock_guard lock(mutex_);
    return calls_;
}

std::optional<FaultKind> FaultyStore::strike(StoreCall call, const std::string& path) {
    std::optional<Fault> hit;
    {
        std::lock_guard lock(mutex_);
        calls_++;
        for (Armed& armed : faults_) {
            if (armed.fault.call != call || path.find(armed.fault.path_part) == std::string::npos)
                continue;
            armed.seen++;
            bool before_end = armed.fault.times < 0 ||
                              armed.seen < armed.fault.nth + armed.fault.times;
            if (armed.seen >= armed.fault.nth && before_end) hit = armed.fault;
        }
    }
    if (!hit) return std::nullopt;
    if (hit->kind == FaultKind::kDelay)
        std::this_thread::sleep_for(std::chrono::milliseconds(hit->delay_ms));
    if (hit->kind == FaultKind::kFail) throw injected(path);
    if (hit->kind == FaultKind::kDiskFull) throw store_error("write", path, ENOSPC);
    return hit->kind;
}

std::optional<std::string> FaultyStore::get(const std::string& path) {
    strike(StoreCall::kGet, path);
    return inner_->get(path);
}

std::optional<std::string> FaultyStore::get_range(
    const std::string& path, int64_t offset, int64_t length) {
    strike(StoreCall::kGet, path);
    return inner_->get_range(path, offset, length);
}

std::optional<ObjectInfo> FaultyStore::head(const std::string& path) {
    strike(StoreCall::kHead, path);
    return inner_->head(path);
}

PutResult FaultyStore::put_if_absent(const std::string& path, const std::string& data) {
    auto kind = strike(StoreCall::kPutIfAbsent, path);
    if (kind == FaultKind::kTear) {
        inner_->put_if_absent(path, data.substr(0, data.size() / 2));
        throw injected(path);
    }
    PutResult result = inner_->put_if_absent(path, data);
    if (kind == FaultKind::kLoseAnswer) throw injected(path);
    return result;
}

void FaultyStore::put(const std::string& path, const std::string& data) {
    auto kind = strike(StoreCall::kPut, path);
    inner_->put(path, kind == FaultKind::kTear ? data.substr(0, data.size() / 2) : data);
    if (kind == FaultKind::kTear || kind == FaultKind::kLoseAnswer) throw injected(path);
}

void FaultyStore::remove(const std::string& path) {
    strike(StoreCall::kRemove, path);
    inner_->remove(path);
}

std::vector<ObjectInfo> FaultyStore::list(
    const std::string& folder, const std::string& start_after) {
    strike(StoreCall::kList, folder);
    return inner_->list(folder, start_after);
}

std::vector<ObjectInfo> FaultyStore::list_recursive(const std::string& folder) {
    strike(StoreCall::kList, folder);
    return inner_->list_recursive(folder);
}

void FaultyStore::make_directory(const std::string& folder) { inner_->make_directory(folder); }

void FaultyStore::remove_recursive(const std::string& folder) {
    strike(StoreCall::kRemove, folder);
    inner_->remove_recursive(folder);
}

std::optional<std::string> FaultyStore::local_path(const std::string& path) const {
    return inner_->local_path(path);
}

}  // namespace hanok::storage

#include "commands/metrics.h"

#include <algorithm>

namespace hanok::commands {

int64_t bytes_of(const std::vector<delta::AddFile>& files) {
    int64_t bytes = 0;
    for (const auto& file : files) bytes += file.size_bytes;
    return bytes;
}

int64_t bytes_of(const std::vector<const delta::AddFile*>& files) {
    int64_t bytes = 0;
    for (const auto* file : files) bytes += file->size_bytes;
    return bytes;
}

void add_size_metrics(delta::Transaction& transaction, const std::vector<delta::AddFile>& files) {
    if (files.empty()) return;
    std::vector<int64_t> sizes;
    for (const auto& file : files) sizes.push_back(file.size_bytes);
    std::sort(sizes.begin(), sizes.end());
    auto at = [&](size_t quarters) { return sizes[(sizes.size() - 1) * quarters / 4]; };
    transaction.set_metric("minFileSize", at(0));
    transaction.set_metric("p25FileSize", at(1));
    transaction.set_metric("p50FileSize", at(2));
    transaction.set_metric("p75FileSize", at(3));
    transaction.set_metric("maxFileSize", at(4));
}

StatementTime::StatementTime(Session& session)
    : session_(session), start_ms_(session.platform().clock().now_ms()) {}

int64_t StatementTime::passed_ms() const {
    return session_.platform().clock().now_ms() - start_ms_;
}

void StatementTime::scanned() { scanned_ms_ = session_.platform().clock().now_ms(); }

void StatementTime::add_metric(delta::Transaction& transaction) const {
    int64_t now = session_.platform().clock().now_ms();
    transaction.set_metric("executionTimeMs", now - start_ms_);
    if (!scanned_ms_) return;
    transaction.set_metric("scanTimeMs", *scanned_ms_ - start_ms_);
    transaction.set_metric("rewriteTimeMs", now - *scanned_ms_);
}

}  // namespace hanok::commands

#pragma once
// Delta's rules for two commits at once, in their order.

#include <optional>
#include <string>

#include "delta/transaction.h"

namespace hanok::delta {

class ConflictCheck {
public:
    /// `mine` read an older version than the one `winner` made.
    ConflictCheck(const Transaction& mine, const CommitActions& winner, int64_t winning_version);

    /// The first rule that is broken; nullopt if mine may follow the winner.
    std::optional<Conflict> run() const;

private:
    std::optional<Conflict> check_protocol() const;
    std::optional<Conflict> check_metadata() const;
    std::optional<Conflict> check_domains() const;
    std::optional<Conflict> check_transactions() const;
    std::optional<Conflict> check_appends() const;
    std::optional<Conflict> check_deletes_of_read_files() const;
    std::optional<Conflict> check_deletes_of_deleted_files() const;
    Conflict conflict(const char* condition, ErrorParameters parameters = {}) const;

    const Transaction& mine_;
    const CommitActions& winner_;
    int64_t winning_version_;
};

}  // namespace hanok::delta

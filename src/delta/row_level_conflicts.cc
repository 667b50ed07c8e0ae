// Row-level concurrency: two writers that mark different rows of one file do not conflict.

#include <algorithm>
#include <map>

#include "base/clock.h"
#include "base/ids.h"
#include "delta/deletion_vector.h"
#include "delta/handlers.h"
#include "delta/log_replay.h"
#include "delta/snapshot.h"
#include "delta/table.h"
#include "delta/transaction.h"

namespace hanok::delta {

namespace {

using Marks = std::map<std::string, AddFile*>;

Marks by_path(std::vector<AddFile>& files) {
    Marks out;
    for (AddFile& file : files) out[canonical_path(file.path)] = &file;
    return out;
}

std::string vector_id(const std::optional<DeletionVectorDescriptor>& vector) {
    return vector ? vector->unique_id() : "";
}

DeletionVector load(const Table& table, const std::optional<DeletionVectorDescriptor>& vector) {
    return vector ? load_deletion_vector(table.store(), table.root(), *vector) : DeletionVector();
}

// Rows marked in `after` and not in `before`.
std::vector<uint64_t> newly_marked(const DeletionVector& before, const DeletionVector& after) {
    std::vector<uint64_t> out;
    for (uint64_t row : after.to_rows()) {
        if (!before.contains(row)) out.push_back(row);
    }
    return out;
}

}  // namespace

bool Transaction::has_row_level_concurrency() const {
    if (read_ == nullptr || new_metadata_ || new_protocol_) return false;
    bool has_both = read_->protocol().has_feature("rowTracking") &&
                    read_->protocol().has_feature("deletionVectors");
    return has_both && read_->bool_property("delta.enableRowTracking", false) &&
           read_->bool_property("delta.enableDeletionVectors", false) &&
           read_->property("delta.isolationLevel") != "Serializable";
}

CommitActions Transaction::reconcile(const CommitActions& winner) {
    CommitActions left = winner;
    Marks theirs = by_path(left.adds);
    Marks ours = by_path(adds_);
    std::set<std::string> settled;
    for (const RemoveFile& gone : winner.removes) {
        std::string path = canonical_path(gone.path);
        auto their_mark = theirs.find(path);
        if (their_mark == theirs.end() || !their_mark->second->deletion_vector) continue;
        auto our_remove = std::find_if(removes_.begin(), removes_.end(),
            [&](const RemoveFile& remove) { return canonical_path(remove.path) == path; });
        if (our_remove == removes_.end()) {
            settled.insert(path);  // we read the file at most, and its other rows are as they were
            continue;
        }
        auto our_mark = ours.find(path);
        bool is_mark = our_mark != ours.end() && our_mark->second->deletion_vector &&
                       vector_id(our_remove->deletion_vector) == vector_id(gone.deletion_vector);
        if (!is_mark) continue;
        DeletionVector before = load(*table_, gone.deletion_vector);
        DeletionVector after = load(*table_, their_mark->second->deletion_vector);
        std::vector<uint64_t> rows = newly_marked(
            before, load(*table_, our_mark->second->deletion_vector));
        bool overlaps = std::any_of(
            rows.begin(), rows.end(), [&](uint64_t row) { return after.contains(row); });
        if (overlaps) continue;
        after.add_many(rows);
        base::RandomSource* random = table_->handlers().random;
        our_mark->second->deletion_vector = write_deletion_vectors(table_->store(), table_->root(),
            {after}, random != nullptr ? *random : base::SystemRandom::instance())[0];
        our_remove->deletion_vector = their_mark->second->deletion_vector;
        settled.insert(path);
    }
    std::erase_if(left.removes,
        [&](const RemoveFile& remove) { return settled.contains(canonical_path(remove.path)); });
    std::erase_if(
        left.adds, [&](const AddFile& add) { return settled.contains(canonical_path(add.path)); });
    return left;
}

}  // namespace hanok::delta

#include "commands/file_changes.h"

#include "commands/change_feed.h"
#include "commands/metrics.h"

namespace hanok::commands {

int64_t FileChanges::removed_bytes() const { return bytes_of(removed) + bytes_of(marks.removed); }

void FileChanges::apply(delta::Transaction& transaction, const std::string& metric_prefix) const {
    for (const auto* file : removed) transaction.remove_file(*file);
    for (const auto& file : written) transaction.add_file(file);
    for (const auto& file : changes) transaction.add_cdc_file(file);
    marks.apply(transaction, metric_prefix);
}

void FileChanges::add_metrics(delta::Transaction& transaction) const {
    transaction.set_metric("numRemovedFiles", static_cast<int64_t>(removed_count()));
    transaction.set_metric("numAddedFiles", static_cast<int64_t>(written.size()));
    transaction.set_metric("numRemovedBytes", removed_bytes());
    transaction.set_metric("numAddedBytes", bytes_of(written));
    transaction.set_metric("numAddedChangeFiles", static_cast<int64_t>(changes.size()));
}

void FileChanges::undo(
    Session& session, const delta::Transaction& transaction, const std::string& root) const {
    if (transaction.may_have_committed()) return;
    remove_data_files(session, root, written);
    remove_changes(root, changes);
    remove_vectors(marks);
}

}  // namespace hanok::commands

#include "commands/deletion_marks.h"

#include <map>

#include "base/error.h"
#include "base/ids.h"
#include "delta/deletion_vector.h"
#include "delta/statistics.h"
#include "delta/table.h"
#include "storage/object_store.h"

namespace hanok::commands {

namespace {

using types::DataType;

// The rows of each file, as the bytes of a vector.
resolved::PlanPtr rows_by_file(const resolved::PlanPtr& rows, const resolved::Attribute& path,
    const resolved::Attribute& row) {
    auto grouped = std::make_shared<resolved::AggregatePlan>();
    grouped->child = rows;
    grouped->grouping = {ref(path)};
    resolved::Attribute group{
        analyzer::Analyzer::next_id(), "path", DataType::string(), true, {}, ""};
    resolved::Attribute positions{
        analyzer::Analyzer::next_id(), "rows", DataType::binary(), false, {}, ""};
    grouped->columns = {{group, ref(path)},
        {positions, std::make_shared<resolved::Aggregate>("internal_row_positions",
                        resolved::Exprs{ref(row)}, positions.type, false)}};
    grouped->output = {group, positions};
    return grouped;
}

// Rows in the file itself, deleted ones included: the statistics have to tell when a vector is put
// on it.
int64_t physical_rows(Session& session, const RowLevelTarget& target, const delta::AddFile& file) {
    if (auto known = delta::stats_num_records(file.stats)) return *known;
    int64_t deleted = file.deletion_vector ? file.deletion_vector->cardinality : 0;
    return rows_in(session, target, {&file}) + deleted;
}

delta::AddFile with_vector(
    const delta::AddFile& file, int64_t physical_rows, delta::DeletionVectorDescriptor descriptor) {
    delta::AddFile out = file;
    out.deletion_vector = std::move(descriptor);
    out.data_change = true;
    if (!delta::stats_num_records(out.stats))
        out.stats = "{\"numRecords\":" + std::to_string(physical_rows) + "}";
    out.stats = delta::with_tight_bounds(out.stats, false);
    return out;
}

// What goes from one file.
struct Cut {
    const delta::AddFile* file;
    delta::DeletionVector vector;  // with the rows deleted before
    int64_t rows;                  // deleted now
    int64_t physical;              // in the file itself

    int64_t left() const { return physical - static_cast<int64_t>(vector.cardinality()); }
};

std::vector<Cut> cuts_of(Session& session, const RowLevelTarget& target,
    const resolved::PlanPtr& rows, const resolved::Attribute& path,
    const resolved::Attribute& row) {
    const auto& snapshot = *target.snapshot;
    std::map<std::string, const delta::AddFile*> files;
    for (const auto* file : snapshot.files()) files[snapshot.absolute_path(*file)] = file;
    auto found = session.platform().engine().collect(
        rows_by_file(rows, path, row), session.query_context(), INT64_MAX);
    std::vector<Cut> out;
    for (const auto& result : found) {
        auto it = files.find(result[0].as_string());
        if (it == files.end()) throw internal_error("a scanned file is not in the snapshot");
        const auto& file = *it->second;
        auto vector = delta::DeletionVector::decode(result[1].as_string());
        int64_t already = 0;
        if (auto before = snapshot.deletion_vector(file)) {
            vector.merge(*before);
            already = static_cast<int64_t>(before->cardinality());
        }
        auto newly = static_cast<int64_t>(vector.cardinality()) - already;
        out.push_back({&file, std::move(vector), newly, physical_rows(session, target, file)});
    }
    return out;
}

}  // namespace

bool writes_deletion_vectors(const delta::Snapshot& snapshot) {
    return snapshot.bool_property("delta.enableDeletionVectors", false) &&
           snapshot.protocol().has_feature("deletionVectors");
}

MarkedFiles mark_deleted(Session& session, const RowLevelTarget& target,
    const resolved::PlanPtr& rows, const resolved::Attribute& path,
    const resolved::Attribute& row) {
    MarkedFiles out;
    std::vector<delta::DeletionVector> vectors;
    std::vector<Cut> owners;
    for (auto& cut : cuts_of(session, target, rows, path, row)) {
        out.rows += cut.rows;
        if (cut.left() == 0) {
            out.removed.push_back(cut.file);
        } else {
            vectors.push_back(cut.vector);
            owners.push_back(std::move(cut));
        }
    }
    if (vectors.empty()) return out;
    auto descriptors = delta::write_deletion_vectors(target.delta.table->store(),
        target.delta.table->root(), vectors, base::SystemRandom::instance());
    out.vector_file = delta::deletion_vector_path(target.delta.table->root(), descriptors.front());
    for (size_t i = 0; i < owners.size(); ++i) {
        const auto& cut = owners[i];
        out.marked.emplace_back(
            cut.file, with_vector(*cut.file, cut.physical, std::move(descriptors[i])));
    }
    return out;
}

CutFiles cut_out(Session& session, const RowLevelTarget& target, const resolved::PlanPtr& rows,
    const resolved::Attribute& path, const resolved::Attribute& row) {
    CutFiles out;
    for (const auto& cut : cuts_of(session, target, rows, path, row)) {
        out.files.push_back(cut.file);
        out.rows += cut.rows;
        out.copied += cut.left();
        if (cut.left() == 0) continue;
        out.rests.push_back(
            with_vector(*cut.file, cut.physical, delta::inline_deletion_vector(cut.vector)));
    }
    return out;
}

std::vector<const delta::AddFile*> CutFiles::rest_files() const {
    std::vector<const delta::AddFile*> out;
    for (const auto& file : rests) out.push_back(&file);
    return out;
}

void MarkedFiles::apply(delta::Transaction& transaction, const std::string& metric_prefix) const {
    int64_t added = 0;
    int64_t updated = 0;
    int64_t gone = 0;
    for (const auto* file : removed) {
        transaction.remove_file(*file);
        if (file->deletion_vector) ++gone;
    }
    for (const auto& [before, after] : marked) {
        transaction.remove_file(*before);
        transaction.add_file(after);
        before->deletion_vector ? ++updated : ++added;
    }
    transaction.set_metric(metric_prefix + "DeletionVectorsAdded", added + updated);
    transaction.set_metric(metric_prefix + "DeletionVectorsUpdated", updated);
    transaction.set_metric(metric_prefix + "DeletionVectorsRemoved", gone + updated);
}

void remove_vectors(const MarkedFiles& marks) {
    if (!marks.vector_file.empty())
        storage::store_for(marks.vector_file)->remove(marks.vector_file);
}

}  // namespace hanok::commands

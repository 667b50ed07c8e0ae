#include "commands/optimize_answer.h"

#include <algorithm>

#include "commands/rows.h"
#include "delta/snapshot.h"
#include "delta/statistics.h"
#include "delta/table.h"

namespace hanok::commands {

namespace {

using types::DataType;

types::StructField count_of(const char* name) { return {name, DataType::long_(), false, ""}; }

types::StructField maybe_count(const char* name) { return {name, DataType::long_(), true, ""}; }

types::TypePtr file_sizes_type() {
    return DataType::struct_({maybe_count("min"), maybe_count("max"),
        {"avg", DataType::double_(), false, ""}, count_of("totalFiles"), count_of("totalSize")});
}

types::TypePtr z_order_type() {
    auto files = DataType::struct_({count_of("num"), count_of("size")});
    return DataType::struct_({{"strategyName", DataType::string(), true, ""},
        {"inputCubeFiles", files, true, ""}, {"inputOtherFiles", files, true, ""},
        count_of("inputNumCubes"), {"mergedFiles", files, true, ""}, count_of("numOutputCubes"),
        maybe_count("mergedNumCubes")});
}

types::TypePtr clustering_type() {
    auto files = DataType::struct_({count_of("numFiles"), count_of("size")});
    return DataType::struct_({{"inputZCubeFiles", files, true, ""},
        {"inputOtherFiles", files, true, ""}, count_of("inputNumZCubes"),
        {"mergedFiles", files, true, ""}, count_of("numOutputZCubes")});
}

types::TypePtr metrics_type() {
    auto parallelism = DataType::struct_({maybe_count("maxClusterActiveParallelism"),
        maybe_count("minClusterActiveParallelism"), maybe_count("maxSessionActiveParallelism"),
        maybe_count("minSessionActiveParallelism")});
    auto vectors = DataType::struct_(
        {count_of("numDeletionVectorsRemoved"), count_of("numDeletionVectorRowsRemoved")});
    return DataType::struct_({count_of("numFilesAdded"), count_of("numFilesRemoved"),
        {"filesAdded", file_sizes_type(), true, ""}, {"filesRemoved", file_sizes_type(), true, ""},
        count_of("partitionsOptimized"), {"zOrderStats", z_order_type(), true, ""},
        {"clusteringStats", clustering_type(), true, ""}, count_of("numBins"),
        count_of("numBatches"), count_of("totalConsideredFiles"), count_of("totalFilesSkipped"),
        {"preserveInsertionOrder", DataType::boolean(), false, ""},
        count_of("numFilesSkippedToReduceWriteAmplification"),
        count_of("numBytesSkippedToReduceWriteAmplification"), count_of("startTimeMs"),
        count_of("endTimeMs"), count_of("totalClusterParallelism"), count_of("totalScheduledTasks"),
        {"autoCompactParallelismStats", parallelism, true, ""},
        {"deletionVectorStats", vectors, true, ""}, count_of("numTableColumns"),
        count_of("numTableColumnsWithStats")});
}

template <class Files, class Size>
types::Value file_sizes(const Files& files, const Size& size_of) {
    int64_t total = 0;
    int64_t least = INT64_MAX;
    int64_t most = 0;
    for (const auto& file : files) {
        int64_t size = size_of(file);
        total += size;
        least = std::min(least, size);
        most = std::max(most, size);
    }
    auto n = static_cast<int64_t>(files.size());
    return types::list_value({n ? number(least) : null(), n ? number(most) : null(),
        types::double_value(n ? static_cast<double>(total) / static_cast<double>(n) : 0.0),
        number(n), number(total)});
}

types::Value files_and_bytes(int64_t files, int64_t bytes) {
    return types::list_value({number(files), number(bytes)});
}

// Files in Z-order or in clusters that went in, others that did, all of them.
struct Inputs {
    types::Value laid_out;
    types::Value others;
    types::Value all;
    int64_t cubes = 0;
};

Inputs inputs_of(const OptimizeOutcome& outcome) {
    int64_t files[2] = {0, 0};
    int64_t bytes[2] = {0, 0};
    for (const auto* file : outcome.removed) {
        bool is_laid_out = outcome.is_clustering &&
                           file->clustering_provider == kClusteringProvider;
        ++files[is_laid_out];
        bytes[is_laid_out] += file->size_bytes;
    }
    return {files_and_bytes(files[1], bytes[1]), files_and_bytes(files[0], bytes[0]),
        files_and_bytes(files[0] + files[1], bytes[0] + bytes[1]), files[1] > 0 ? 1 : 0};
}

types::Value z_order_stats(const OptimizeOutcome& outcome) {
    if (!outcome.is_z_ordered) return null();
    auto in = inputs_of(outcome);
    return types::list_value(
        {text("all"), in.laid_out, in.others, number(0), in.all, number(outcome.groups), null()});
}

types::Value clustering_stats(const OptimizeOutcome& outcome) {
    if (!outcome.is_clustering) return null();
    auto in = inputs_of(outcome);
    return types::list_value(
        {in.laid_out, in.others, number(in.cubes), in.all, number(outcome.groups)});
}

types::Value vector_stats(const OptimizeOutcome& outcome) {
    int64_t vectors = 0;
    int64_t rows = 0;
    for (const auto* file : outcome.removed) {
        if (!file->deletion_vector) continue;
        ++vectors;
        rows += file->deletion_vector->cardinality;
    }
    return vectors == 0 ? null() : types::list_value({number(vectors), number(rows)});
}

}  // namespace

Output optimize_answer(Session& session, const OptimizeOutcome& outcome) {
    const auto& snapshot = *outcome.target.snapshot;
    auto removed = static_cast<int64_t>(outcome.removed.size());
    auto columns = static_cast<int64_t>(snapshot.schema()->fields().size());
    auto counted = static_cast<int64_t>(
        delta::stats_columns(snapshot.metadata(), snapshot.schema()).size());
    Rows rows({{"path", DataType::string()}, {"metrics", metrics_type()}});
    rows.add({text(outcome.target.delta.table->root()),
        types::list_value({number(static_cast<int64_t>(outcome.added.size())), number(removed),
            file_sizes(outcome.added, [](const delta::AddFile& f) { return f.size_bytes; }),
            file_sizes(outcome.removed, [](const delta::AddFile* f) { return f->size_bytes; }),
            number(outcome.partitions), z_order_stats(outcome), clustering_stats(outcome),
            number(outcome.groups), number(1), number(outcome.considered),
            number(outcome.considered - removed),
            flag(!outcome.is_z_ordered && !outcome.is_clustering), number(0), number(0),
            number(outcome.start_ms), number(session.platform().clock().now_ms()), number(1),
            number(0), null(), vector_stats(outcome), number(columns), number(counted)})});
    return std::move(rows).plan();
}

}  // namespace hanok::commands

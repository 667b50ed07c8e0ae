#pragma once
// What the protocol needs from outside: Parquet for checkpoints, a clock, random ids.
// engine/delta_parquet.h implements the two Parquet interfaces.

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "delta/actions.h"
#include "delta/fwd.h"

namespace hanok::base {
class Clock;
class RandomSource;
}  // namespace hanok::base

namespace hanok::delta {

/// Reads the actions of one checkpoint or sidecar file in Parquet. Thread-safe.
class CheckpointReader {
public:
    virtual ~CheckpointReader() = default;

    /// Throws Error when the file is missing or no checkpoint. Where `stats` is absent, the JSON
    /// is made from stats_parsed. Files come in packed_adds, in the file's order.
    virtual CommitActions read(storage::ObjectStore& store, const std::string& path) = 0;
};

/// Writes actions as one Parquet file. Thread-safe.
class CheckpointWriter {
public:
    virtual ~CheckpointWriter() = default;

    /// Creates or replaces `path`; returns the size in bytes. Absent parts of `actions` are left
    /// out; without protocol and metadata it is a sidecar, with adds and removes alone.
    virtual int64_t write(
        storage::ObjectStore& store, const std::string& path, const CommitActions& actions) = 0;
};

/// Told of each commit after it stands, with its snapshot. May not throw. Thread-safe.
class CommitListener {
public:
    virtual ~CommitListener() = default;
    virtual void committed(const Snapshot& snapshot) = 0;
};

struct Handlers {
    std::shared_ptr<CheckpointReader>
        checkpoint_reader;  // null: tables with Parquet checkpoints fail
    std::shared_ptr<CheckpointWriter> checkpoint_writer;  // null: no checkpoints are written
    std::shared_ptr<CommitListener> commit_listener;      // null: nobody is told
    base::Clock* clock = nullptr;                         // null: the system's
    base::RandomSource* random = nullptr;                 // null: the system's
    /// Null: storage::store_for.
    std::function<StorePtr(const std::string& path)> store_for;
    /// Decides the versions of catalogManaged tables; null: they cannot be opened.
    std::shared_ptr<CommitCatalog> commit_catalog;
    int threads = 0;  // for parsing the log; 0: as many as the machine has
};

}  // namespace hanok::delta

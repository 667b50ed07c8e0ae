#pragma once
#include <memory>

namespace hanok::storage {
class ObjectStore;
}

namespace hanok::delta {

struct AddFile;
struct CommitActions;
struct DeletionVectorDescriptor;
struct Handlers;
struct LogSegment;
struct Metadata;
struct Predicate;
struct Protocol;
class CheckpointReader;
class CheckpointWriter;
class CommitCatalog;
class DeletionVector;
class PackedFiles;
class Snapshot;
class Table;
class Transaction;

using PredicatePtr = std::shared_ptr<const Predicate>;
using SnapshotPtr = std::shared_ptr<const Snapshot>;
using StorePtr = std::shared_ptr<storage::ObjectStore>;

}  // namespace hanok::delta

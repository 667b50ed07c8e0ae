#pragma once
// Predicates over a table's columns and what partition values and statistics say about them.
// Safe by construction: a file is skipped only if no row of it can make the predicate TRUE.

#include <memory>
#include <string>
#include <vector>

#include "delta/actions.h"
#include "delta/fwd.h"
#include "types/data_type.h"
#include "types/value.h"

namespace hanok::delta {

enum class PredicateOp {
    kAnd,
    kOr,
    kNot,  // children
    kEq,
    kNullSafeEq,
    kNe,
    kLt,
    kLe,
    kGt,
    kGe,  // column op literals[0]
    kIn,  // column in literals
    kIsNull,
    kIsNotNull,   // column
    kStartsWith,  // column like 'literal%'
    kAlwaysTrue,
    kAlwaysFalse,
    kUnknown,  // anything else: may be true, false or null
};

/// `literals` have the column's own type (the maker casts them); a null literal is allowed.
struct Predicate {
    PredicateOp op = PredicateOp::kUnknown;
    std::vector<PredicatePtr> children;
    std::vector<std::string> column;  // logical path: {"a", "b"} is field b of column a
    std::vector<types::Value> literals;

    static PredicatePtr compare(
        PredicateOp op, std::vector<std::string> column, types::Value literal);
    static PredicatePtr in(std::vector<std::string> column, std::vector<types::Value> literals);
    static PredicatePtr is_null(std::vector<std::string> column);
    static PredicatePtr is_not_null(std::vector<std::string> column);
    static PredicatePtr starts_with(std::vector<std::string> column, std::string prefix);
    static PredicatePtr all_of(std::vector<PredicatePtr> children);
    static PredicatePtr any_of(std::vector<PredicatePtr> children);
    static PredicatePtr negate(PredicatePtr child);
    static PredicatePtr constant(bool value);
    static PredicatePtr unknown();
};

/// What can be the value of a predicate over the rows of a file.
struct Possible {
    bool can_be_true = true;
    bool can_be_false = true;
    bool can_be_null = true;
};

/// Evaluates one predicate over many files of a snapshot. Keeps a JSON parser: one thread at a
/// time.
class FileSkipper {
public:
    FileSkipper(const Snapshot& snapshot, PredicatePtr predicate, std::string time_zone = "");
    ~FileSkipper();
    FileSkipper(const FileSkipper&) = delete;
    FileSkipper& operator=(const FileSkipper&) = delete;

    /// By partition values and statistics.
    Possible evaluate(const AddFile& file);
    Possible evaluate(const PackedFiles& files, size_t row);
    /// By partition values only; columns that are not partition columns count as unknown.
    Possible evaluate_partitions(const PartitionValues& values);
    /// Do partition values decide the predicate, so that evaluate_partitions says exactly one
    /// thing?
    bool is_partition_only() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace hanok::delta

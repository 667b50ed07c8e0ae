#pragma once
// What is known of the values of a column in one file, and what predicates can be of them.

#include <optional>
#include <string_view>

#include "delta/file_skipping.h"
#include "types/data_type.h"
#include "types/value.h"

namespace hanok::delta {

/// The bounds hold for every value that is not null (and for floats, not NaN).
struct ValueFacts {
    bool may_be_null = true;
    bool may_be_value = true;
    std::optional<types::Value> min;
    std::optional<types::Value> max;
    bool is_exact = false;  // min is the one value of every row, NaN included
};

/// Do bounds of the type mean anything?
bool is_comparable(const types::DataType& type);

/// A bound as the statistics write it; `out` is nullopt where it says nothing. Timestamps there are
/// cut to milliseconds.
void set_stats_bound(const std::optional<std::string_view>& text, const types::DataType& type,
    bool is_max, std::optional<types::Value>* out);

Possible both(const Possible& a, const Possible& b);
Possible either(const Possible& a, const Possible& b);
Possible negated(const Possible& a);

/// Of a predicate with a column and literals.
Possible evaluate_leaf(const Predicate& node, const ValueFacts& facts, const types::DataType& type);

}  // namespace hanok::delta

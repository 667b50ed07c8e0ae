#pragma once
// Conditions as Spark offers them to the readers of Python data sources.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "resolved/plan.h"

namespace hanok::engine {

struct OfferedFilters {
    std::string json;  // an array, one object for each
    // The condition that each stands for, by number; nullopt: follows from one (x IS NOT NULL), or
    // is a part of one.
    std::vector<std::optional<size_t>> conditions;
};

// Evaluates an expression without columns.
using FoldConstant = std::function<types::Value(const resolved::ExprPtr&)>;

// Those of `conditions`, over `columns`, that are comparisons of one column (or a field of one)
// with constants, IN, NULL checks and tests of prefixes, suffixes and parts.
OfferedFilters offered_filters(const resolved::Exprs& conditions,
    const resolved::Attributes& columns, const FoldConstant& fold);

}  // namespace hanok::engine

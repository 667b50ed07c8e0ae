#pragma once
// Bindings of percentile, median, mode and their kind, for the group of aggregates.

#include <string>
#include <vector>

#include "analyzer/functions/signature.h"

namespace hanok::analyzer {

struct OrderStatistic {
    std::string name;
    int min_args, max_args;
    BindFunction bind;
    std::string usage;
};

std::vector<OrderStatistic> order_statistics();

// DATATYPE_MISMATCH.NON_FOLDABLE_INPUT unless the percentage is constant.
void check_percentage(
    const FunctionDef& def, CallInput& input, const resolved::ExprPtr& percentage);

}  // namespace hanok::analyzer

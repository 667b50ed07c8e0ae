// Every declared function can be found, and its signature names known types.

#include <gtest/gtest.h>

#include "analyzer/functions/signature.h"

namespace hanok::analyzer {
namespace {

TEST(FunctionRegistry, is_complete_and_sorted) {
    const auto all = FunctionRegistry::builtin().all();
    EXPECT_GT(all.size(), 250u);
    for (size_t i = 1; i < all.size(); ++i) EXPECT_LT(all[i - 1]->name, all[i]->name);
    for (const char* name : {"sum", "upper", "+", "row_number", "explode", "date_add", "count"}) {
        EXPECT_NE(FunctionRegistry::builtin().find(name), nullptr) << name;
    }
}

}  // namespace
}  // namespace hanok::analyzer

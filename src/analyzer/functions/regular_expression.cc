#include "analyzer/functions/signature.h"
#include "analyzer/functions/string_groups.h"

namespace hanok::analyzer {

using types::DataType;

void register_regular_expressions(FunctionRegistry& registry) {
    FunctionGroup group(registry, "string_funcs");
    group.scalar("regexp_replace", {"string", "string", "string", "int?=1"}, "string",
        "Replaces every match of a regular expression, from a position on.");
    group.scalar("regexp_extract", {"string", "string", "int?=1"}, "string",
        "A group of the first match, '' when there is none.");
    group
        .scalar("regexp_extract_all", {"string", "string", "int?=1"}, "array<string>",
            "A group of every match.")
        .result([](const resolved::Exprs&, CallInput&) {
            return DataType::array(DataType::string(), true);
        });
    group.scalar("regexp_count", {"string", "string"}, "int", "Number of matches.");
    group
        .scalar("regexp_substr", {"string", "string"}, "string",
            "The first match, NULL when there is none.")
        .nulls(Nulls::kAlways);
    group.scalar("regexp_instr", {"string", "string", "int?=0"}, "int",
        "Position of the first match, 0 when there is none.");
    group
        .scalar("split", {"string", "string", "int?=-1"}, "array<string>",
            "Splits around matches of a regular expression.")
        .result([](const resolved::Exprs&, CallInput&) {
            return DataType::array(DataType::string(), false);
        });
}

}  // namespace hanok::analyzer

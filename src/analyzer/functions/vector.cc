// Arrays of FLOAT as vectors.

#include "analyzer/functions/vector.h"

#include "analyzer/functions/signature.h"

namespace hanok::analyzer {

using resolved::ExprPtr;
using types::DataType;

namespace {

constexpr const char* kVector = "array<float>";

// vector_norm(vector, [degree = 2])
ExprPtr bind_norm(const FunctionDef& def, CallInput& input) {
    if (input.args.size() == 1)
        input.args.push_back(make_literal(DataType::float_(), types::double_value(2)));
    auto args = coerce_arguments({kVector, "float"}, def, input);
    auto type = def.name == "vector_norm" ? DataType::float_()
                                          : DataType::array(DataType::float_());
    return make_call(input, def.name, std::move(args), type, true);
}

}  // namespace

void register_vector(FunctionRegistry& registry) {
    FunctionGroup group(registry, "vector_funcs");
    group.scalar("vector_inner_product", {kVector, kVector}, "float", "Inner product.")
        .nulls(Nulls::kAlways);
    group
        .scalar("vector_cosine_similarity", {kVector, kVector}, "float",
            "Cosine of the angle between two vectors.")
        .nulls(Nulls::kAlways);
    group.scalar("vector_l2_distance", {kVector, kVector}, "float", "Euclidean distance.")
        .nulls(Nulls::kAlways);
    for (const char* name : {"vector_norm", "vector_normalize"}) {
        bool is_norm = std::string(name) == "vector_norm";
        group
            .custom(name, 1, 2, bind_norm,
                is_norm ? "Length of a vector." : "The vector divided by its length.")
            .column_name([name](const std::vector<std::string>& args) {
                return std::string(name) + "(" + args[0] + ", " +
                       (args.size() > 1 ? args[1] : "2.0") + ")";
            });
    }
}

}  // namespace hanok::analyzer

// Arrays of FLOAT as vectors.

#include "analyzer/functions/vector.h"

#include "analyzer/functions/signature.h"

namespace hanok::analyzer {

using resolved::ExprPtr;
using types::DataType;

namespace {

// Vectors and degrees are FLOAT: nothing else is taken for it.
void check_vector(const FunctionDef& def, const CallInput& input, size_t i) {
    const auto& type = *input.args[i]->type;
    bool fits = type.is(types::TypeId::kArray) && type.element()->is(types::TypeId::kFloat);
    if (!fits) raise_unexpected_type(def, input, i, "\"ARRAY<FLOAT>\"");
}

ExprPtr bind_product(const FunctionDef& def, CallInput& input) {
    for (size_t i = 0; i < input.args.size(); ++i) check_vector(def, input, i);
    return make_call(input, def.name, input.args, DataType::float_(), true);
}

// vector_norm(vector, [degree = 2])
ExprPtr bind_norm(const FunctionDef& def, CallInput& input) {
    if (input.args.size() == 1)
        input.args.push_back(make_literal(DataType::float_(), types::double_value(2)));
    check_vector(def, input, 0);
    if (!input.args[1]->type->is(types::TypeId::kFloat))
        raise_unexpected_type(def, input, 1, "\"FLOAT\"");
    auto args = input.args;
    auto type = def.name == "vector_norm" ? DataType::float_()
                                          : DataType::array(DataType::float_());
    return make_call(input, def.name, std::move(args), type, true);
}

void add_aggregate(FunctionRegistry& registry, const std::string& name, const std::string& usage) {
    FunctionDef def;
    def.name = name;
    def.group = "agg_funcs";
    def.kind = FunctionKind::kAggregate;
    def.min_args = def.max_args = 1;
    def.usage = usage;
    def.bind = [](const FunctionDef& self, CallInput& input) -> ExprPtr {
        check_vector(self, input, 0);
        auto type = DataType::array(DataType::float_(), false);
        auto out = std::make_shared<resolved::Aggregate>(self.name, input.args, type, true);
        out->ansi = input.context.ansi;
        out->distinct = input.distinct;
        return out;
    };
    registry.add(std::move(def));
}

}  // namespace

void register_vector(FunctionRegistry& registry) {
    FunctionGroup group(registry, "vector_funcs");
    group.custom("vector_inner_product", 2, 2, bind_product, "Inner product.");
    group.custom(
        "vector_cosine_similarity", 2, 2, bind_product, "Cosine of the angle between two vectors.");
    group.custom("vector_l2_distance", 2, 2, bind_product, "Euclidean distance.");
    add_aggregate(registry, "vector_sum", "Sum of vectors of one length.");
    add_aggregate(registry, "vector_avg", "Mean of vectors of one length.");
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

#include "resolved/plan.h"

namespace hanok::resolved {

types::TypePtr output_schema(const Plan& plan) {
    types::Fields fields;
    fields.reserve(plan.output.size());
    for (const auto& a : plan.output) fields.push_back({a.name, a.type, a.nullable, a.metadata});
    return types::DataType::struct_(std::move(fields));
}

}  // namespace hanok::resolved

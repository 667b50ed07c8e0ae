#include <gtest/gtest.h>

#include "base/error.h"
#include "engine/testing/plans.h"

namespace hanok::engine::testing {

namespace {

// Closes the engine before the process ends: DuckDB frees memory into thread-local state, which is
// gone when static objects are destroyed.
class EngineEnvironment : public ::testing::Environment {
public:
    void TearDown() override { engine_.reset(); }

    Engine& engine() {
        if (!engine_) {
            EngineOptions options;
            options.threads = 2;
            options.memory_limit_bytes = int64_t{1} << 30;
            options.spill_directory = ::testing::TempDir() + "hanok_engine_spill";
            engine_ = Engine::open(options);
        }
        return *engine_;
    }

private:
    std::unique_ptr<Engine> engine_;
};

auto* const environment = static_cast<EngineEnvironment*>(
    ::testing::AddGlobalTestEnvironment(new EngineEnvironment()));

}  // namespace

Engine& shared_engine() { return environment->engine(); }

namespace {

std::string text(const types::Value& value, const DataType& type) {
    if (value.is_null()) return "NULL";
    switch (type.id()) {
        case types::TypeId::kBoolean: return value.as_bool() ? "true" : "false";
        case types::TypeId::kFloat:
        case types::TypeId::kDouble: return types::double_to_string(value.as_double());
        case types::TypeId::kDecimal:
            return types::decimal_to_string(value.as_decimal(), type.scale());
        case types::TypeId::kString:
        case types::TypeId::kBinary: return value.as_string();
        case types::TypeId::kArray: {
            std::string all = "[";
            for (const auto& item : value.as_list())
                all += (all.size() > 1 ? " " : "") + text(item, *type.element());
            return all + "]";
        }
        case types::TypeId::kStruct: {
            std::string all = "{";
            for (size_t i = 0; i < value.as_list().size(); ++i)
                all += (i > 0 ? " " : "") + text(value.as_list()[i], *type.fields()[i].type);
            return all + "}";
        }
        default: return std::to_string(value.as_int());
    }
}

}  // namespace

std::string rows(const PlanPtr& plan, const QueryContext& context) {
    std::string all;
    for (const auto& row : shared_engine().collect(plan, context, 1000)) {
        if (!all.empty()) all += ";";
        for (size_t i = 0; i < row.size(); ++i)
            all += (i > 0 ? "," : "") + text(row[i], *plan->output[i].type);
    }
    return all;
}

std::string condition(const PlanPtr& plan, const QueryContext& context) {
    try {
        shared_engine().collect(plan, context, 1000);
    } catch (const Error& error) {
        return error.condition();
    }
    return "";
}

}  // namespace hanok::engine::testing

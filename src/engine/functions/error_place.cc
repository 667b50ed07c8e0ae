#include "engine/functions/error_place.h"

#include <duckdb/common/types/bit.hpp>
#include <duckdb/parser/expression/list.hpp>

#include <mutex>
#include <unordered_map>

namespace hanok::engine {

using duckdb::ExpressionClass;
using duckdb::ParsedExpression;

namespace {

struct KernelNames {
    std::mutex mutex;
    std::unordered_map<std::string, bool> fallible;
};

KernelNames& kernels() {
    static KernelNames names;
    return names;
}

bool is_fallible(const std::string& name) {
    std::lock_guard lock(kernels().mutex);
    auto it = kernels().fallible.find(name);
    return it != kernels().fallible.end() && it->second;
}

// A context in the form that Error::decode() reads. It is of type BIT, which no other argument has:
// the choice between a kernel's overloads does not depend on it.
duckdb::Value carried(const plan::Origin& origin) {
    Error carrier(ErrorKind::kInternal, "INTERNAL_ERROR");
    carrier.add_context(plan::query_context(origin));
    auto text = carrier.encode();
    auto bits = duckdb::Bit::BlobToBit(duckdb::string_t(text));
    return duckdb::Value::BIT(duckdb::const_data_ptr_cast(bits.data()), bits.size());
}

bool has_place(const duckdb::FunctionExpression& call) {
    if (call.children.empty() ||
        call.children.back()->GetExpressionClass() != ExpressionClass::CONSTANT)
        return false;
    return call.children.back()->Cast<duckdb::ConstantExpression>().value.type() == kPlaceType;
}

// Calls that only wrap the kernel that may fail.
bool is_wrapper(const std::string& name) {
    return name == "spark_as_decimal" || name == "spark_unscaled" ||
           name == "spark_instant_of_micros";
}

void add_place(ParsedExpression& expr, const plan::Origin& origin, int depth) {
    if (depth == 0) return;
    if (expr.GetExpressionClass() == ExpressionClass::CAST) {
        add_place(*expr.Cast<duckdb::CastExpression>().child, origin, depth - 1);
        return;
    }
    if (expr.GetExpressionClass() != ExpressionClass::FUNCTION) return;
    auto& call = expr.Cast<duckdb::FunctionExpression>();
    if (is_wrapper(call.function_name)) {
        add_place(*call.children[0], origin, depth - 1);
    } else if (is_fallible(call.function_name) && !has_place(call)) {
        call.children.push_back(duck_constant(carried(origin)));
    }
}

}  // namespace

DuckExpr at_place(DuckExpr expr, const plan::OriginPtr& origin) {
    constexpr int kWrappers = 4;
    if (origin && origin->known()) add_place(*expr, *origin, kWrappers);
    return expr;
}

duckdb::scalar_function_t with_place(duckdb::scalar_function_t run, size_t declared) {
    return [run = std::move(run), declared](
               duckdb::DataChunk& args, duckdb::ExpressionState& state, duckdb::Vector& result) {
        try {
            run(args, state, result);
        } catch (const duckdb::InvalidInputException& e) {
            if (args.ColumnCount() <= declared || args.size() == 0) throw;
            auto error = Error::decode(duckdb::ErrorData(e).RawMessage());
            auto place = Error::decode(duckdb::Bit::BitToBlob(
                duckdb::string_t(duckdb::StringValue::Get(args.data[declared].GetValue(0)))));
            if (!error || error->has_context() || !place) throw;
            error->add_context(place->contexts().front());
            throw duckdb::InvalidInputException(error->encode());
        }
    };
}

void note_kernel(const std::string& name, bool fallible) {
    std::lock_guard lock(kernels().mutex);
    auto [it, is_new] = kernels().fallible.emplace(name, fallible);
    if (!is_new && it->second != fallible)
        throw internal_error("overloads of " + name + " differ in whether they may fail");
}

}  // namespace hanok::engine

#include "engine/functions/list_result.h"

namespace hanok::engine {

duckdb::list_entry_t append_strings(
    duckdb::Vector& list, const std::vector<std::string_view>& strings) {
    auto offset = duckdb::ListVector::GetListSize(list);
    duckdb::ListVector::Reserve(list, offset + strings.size());
    auto& child = duckdb::ListVector::GetEntry(list);
    auto* data = duckdb::FlatVector::GetData<duckdb::string_t>(child);
    for (size_t i = 0; i < strings.size(); ++i) {
        data[offset + i] = duckdb::StringVector::AddStringOrBlob(
            child, strings[i].data(), strings[i].size());
    }
    duckdb::ListVector::SetListSize(list, offset + strings.size());
    return {offset, strings.size()};
}

void add_list_kernel(KernelSet& kernels, const std::string& name, ListFunction function) {
    using duckdb::LogicalType;
    auto run = [function](
                   duckdb::DataChunk& args, duckdb::ExpressionState&, duckdb::Vector& result) {
        duckdb::UnifiedVectorFormat text, pattern, number;
        args.data[0].ToUnifiedFormat(args.size(), text);
        args.data[1].ToUnifiedFormat(args.size(), pattern);
        args.data[2].ToUnifiedFormat(args.size(), number);
        bool constant = args.AllConstant();
        auto count = constant ? 1 : args.size();
        result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
        auto* out = duckdb::FlatVector::GetData<duckdb::list_entry_t>(result);
        for (duckdb::idx_t row = 0; row < count; ++row) {
            using View = std::string_view;
            if (detail::is_absent<View>(text, row) || detail::is_absent<View>(pattern, row) ||
                detail::is_absent<int32_t>(number, row)) {
                duckdb::FlatVector::SetNull(result, row, true);
                continue;
            }
            out[row] = append_strings(result, function(detail::load_argument<View>(text, row),
                                                  detail::load_argument<View>(pattern, row),
                                                  detail::load_argument<int32_t>(number, row)));
        }
        if (constant) result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
    };
    duckdb::ScalarFunction f(name,
        {LogicalType::VARCHAR, LogicalType::VARCHAR, LogicalType::INTEGER},
        LogicalType::LIST(LogicalType::VARCHAR), run);
    f.SetFallible();
    kernels.add(std::move(f));
}

}  // namespace hanok::engine

#include "engine/io/file_pruning.h"

#include <duckdb/execution/expression_executor.hpp>
#include <duckdb/planner/expression/bound_columnref_expression.hpp>
#include <duckdb/planner/expression/bound_function_expression.hpp>
#include <duckdb/planner/expression/bound_reference_expression.hpp>
#include <duckdb/planner/expression_iterator.hpp>
#include <map>

#include "delta/file_skipping.h"
#include "engine/io/skipping_predicate.h"

namespace hanok::engine {

namespace {

// Columns with one value a file that a filter uses, in the order of their place in the chunk;
// nullopt when it uses others.
class FileConstantFilter {
public:
    FileConstantFilter(const DataScan& scan, const FilterColumns& columns)
        : scan_(scan), columns_(columns) {}

    bool rebind(duckdb::unique_ptr<duckdb::Expression>& expression) {
        if (expression->GetExpressionClass() == duckdb::ExpressionClass::BOUND_COLUMN_REF) {
            auto id = column_id(expression->Cast<duckdb::BoundColumnRefExpression>().binding);
            if (!id) return false;
            auto place = places_.emplace(*id, places_.size()).first->second;
            if (place == used_.size()) used_.push_back(*id);
            expression = duckdb::make_uniq<duckdb::BoundReferenceExpression>(
                scan_.columns()[*id].logical_type, place);
            return true;
        }
        if (expression->GetExpressionClass() == duckdb::ExpressionClass::BOUND_SUBQUERY)
            return false;
        bool ok = true;
        duckdb::ExpressionIterator::EnumerateChildren(*expression,
            [&](duckdb::unique_ptr<duckdb::Expression>& child) { ok = ok && rebind(child); });
        return ok;
    }

    const std::vector<size_t>& used() const { return used_; }

private:
    std::optional<size_t> column_id(const duckdb::ColumnBinding& binding) const {
        if (binding.table_index != columns_.table_index ||
            binding.column_index >= columns_.column_ids.size()) {
            return std::nullopt;
        }
        auto id = columns_.column_ids[binding.column_index];
        if (id >= scan_.columns().size()) return std::nullopt;
        auto kind = scan_.columns()[id].kind;
        if (kind == ScanColumnKind::kData || kind == ScanColumnKind::kRowIndex) return std::nullopt;
        return id;
    }

    const DataScan& scan_;
    const FilterColumns& columns_;
    std::map<size_t, size_t> places_;
    std::vector<size_t> used_;
};

// A field of a struct made on the spot is what it was made of: _metadata.file_path is constant in a
// file though other fields of _metadata are not.
void take_fields(duckdb::unique_ptr<duckdb::Expression>& expression) {
    if (expression->GetExpressionClass() == duckdb::ExpressionClass::BOUND_FUNCTION) {
        auto& call = expression->Cast<duckdb::BoundFunctionExpression>();
        auto index = extracted_index(call);
        if (index &&
            call.children[0]->GetExpressionClass() == duckdb::ExpressionClass::BOUND_FUNCTION) {
            auto& made = call.children[0]->Cast<duckdb::BoundFunctionExpression>();
            if (made.function.name == "struct_pack" && *index < made.children.size()) {
                auto field = std::move(made.children[*index]);
                expression = std::move(field);
                return take_fields(expression);
            }
        }
    }
    duckdb::ExpressionIterator::EnumerateChildren(
        *expression, [](duckdb::unique_ptr<duckdb::Expression>& child) { take_fields(child); });
}

duckdb::Value constant_of(const DataScan& scan, size_t file, const ScanColumn& column) {
    return column.kind == ScanColumnKind::kPartition ? scan.partition_value(file, column)
                                                     : scan.file_constant(file, column);
}

// Keeps the files whose constants make `filter` TRUE. An error in it is left to the query itself.
std::vector<size_t> select_files(duckdb::ClientContext& context, const DataScan& scan,
    const std::vector<size_t>& candidates, const duckdb::Expression& filter,
    const std::vector<size_t>& used) {
    duckdb::vector<duckdb::LogicalType> types;
    for (auto id : used) types.push_back(scan.columns()[id].logical_type);
    duckdb::DataChunk chunk;
    chunk.Initialize(context, types);
    duckdb::ExpressionExecutor executor(context, filter);
    duckdb::SelectionVector selection(STANDARD_VECTOR_SIZE);
    std::vector<size_t> kept;
    for (size_t start = 0; start < candidates.size(); start += STANDARD_VECTOR_SIZE) {
        auto count = std::min<size_t>(STANDARD_VECTOR_SIZE, candidates.size() - start);
        chunk.Reset();
        for (size_t c = 0; c < used.size(); c++) {
            for (size_t i = 0; i < count; i++) {
                chunk.SetValue(
                    c, i, constant_of(scan, candidates[start + i], scan.columns()[used[c]]));
            }
        }
        chunk.SetCardinality(count);
        auto matches = executor.SelectExpression(chunk, selection);
        for (size_t i = 0; i < matches; i++)
            kept.push_back(candidates[start + selection.get_index(i)]);
    }
    return kept;
}

}  // namespace

std::vector<size_t> prune_files(duckdb::ClientContext& context, const DataScan& scan,
    std::vector<size_t> candidates, const FilterColumns& columns,
    const duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& filters) {
    std::vector<delta::PredicatePtr> predicates;
    for (const auto& filter : filters) {
        if (filter->IsVolatile()) continue;
        auto copy = filter->Copy();
        take_fields(copy);
        FileConstantFilter constants(scan, columns);
        if (constants.rebind(copy) && !constants.used().empty()) {
            try {
                candidates = select_files(context, scan, candidates, *copy, constants.used());
            } catch (const duckdb::InternalException&) {
                throw;
            } catch (const std::exception&) {
                continue;
            }
        } else if (scan.has_statistics()) {
            predicates.push_back(predicate_of(*filter, scan, columns));
        }
    }
    if (predicates.empty()) return candidates;
    return scan.matching(candidates, delta::Predicate::all_of(std::move(predicates)));
}

std::vector<size_t> prune_files(const DataScan& scan, std::vector<size_t> candidates,
    const duckdb::vector<duckdb::column_t>& column_ids, const duckdb::TableFilterSet& filters) {
    if (!scan.has_statistics()) return candidates;
    std::vector<delta::PredicatePtr> predicates;
    for (const auto& [position, filter] : filters.filters) {
        if (position >= column_ids.size() || column_ids[position] >= scan.columns().size())
            continue;
        predicates.push_back(predicate_of(*filter, scan.columns()[column_ids[position]]));
    }
    if (predicates.empty()) return candidates;
    return scan.matching(candidates, delta::Predicate::all_of(std::move(predicates)));
}

}  // namespace hanok::engine

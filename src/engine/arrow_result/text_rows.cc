#include "engine/arrow_result/text_rows.h"

#include <arrow/array.h>
#include <arrow/record_batch.h>

#include "base/error.h"

namespace hanok::engine {

std::vector<TextRow> text_rows(const arrow::RecordBatch& batch) {
    std::vector<TextRow> rows(static_cast<size_t>(batch.num_rows()));
    for (const auto& column : batch.columns()) {
        if (column->type_id() != arrow::Type::STRING) throw internal_error("a column is no text");
        const auto& texts = static_cast<const arrow::StringArray&>(*column);
        for (int64_t i = 0; i < batch.num_rows(); ++i) {
            auto& cells = rows[static_cast<size_t>(i)];
            if (texts.IsNull(i))
                cells.emplace_back(std::nullopt);
            else
                cells.emplace_back(texts.GetString(i));
        }
    }
    return rows;
}

}  // namespace hanok::engine

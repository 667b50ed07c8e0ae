#include "analyzer/search_path.h"

#include "base/error.h"

namespace hanok::analyzer {

std::string shown_search_path(const std::string& catalog, const std::string& schema) {
    return "[`system`.`builtin`, `system`.`session`, " +
           quote_identifier(std::vector<std::string>{catalog, schema}) + "]";
}

}  // namespace hanok::analyzer

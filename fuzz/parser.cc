#include <string>

#include "base/error.h"
#include "fuzz/targets.h"
#include "sql/parser.h"

namespace hanok::fuzz {

void parser(const uint8_t* data, size_t size) {
    std::string text(reinterpret_cast<const char*>(data), size);
    try {
        sql::parse_statements(text);
    } catch (const Error&) {}
}

}  // namespace hanok::fuzz

#pragma once
// What the statistics of a file say of a few columns: texts, found without reading the others.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hanok::delta {

/// Of one column. The texts are valid until other statistics are read.
struct RawFacts {
    std::optional<std::string_view> min;
    std::optional<std::string_view> max;
    std::optional<int64_t> null_count;
};

/// One thread at a time.
class StatsReader {
public:
    StatsReader();
    ~StatsReader();
    StatsReader(const StatsReader&) = delete;
    StatsReader& operator=(const StatsReader&) = delete;

    /// Asks for the column with these physical names. Returns `column`, or the number under which
    /// it was asked for before.
    int want(const std::vector<std::string>& physical_path, int column);
    bool wants_any() const;

    /// `facts` gets `columns` elements. False where the text is damaged: it says nothing then.
    /// PackedFiles::kPadding bytes may be read behind it.
    bool read_padded(std::string_view stats, size_t columns, std::vector<RawFacts>* facts,
        std::optional<int64_t>* records);
    /// The same of any text.
    bool read(const std::string& stats, size_t columns, std::vector<RawFacts>* facts,
        std::optional<int64_t>* records);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace hanok::delta

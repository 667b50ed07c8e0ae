#pragma once
// Finds the elements of a document that are records, as texts. Comments, CDATA and quoted values
// are passed over.

#include <string>
#include <string_view>

namespace hanok::engine {

class XmlRecords {
public:
    // `text` must outlive it.
    XmlRecords(std::string_view text, std::string row_tag, bool ignore_namespace)
        : text_(text), row_tag_(std::move(row_tag)), ignore_namespace_(ignore_namespace) {}

    // The next record; an element that never ends is one up to the end of the text. False at the
    // end.
    bool next(std::string_view* record);

private:
    // Moves behind what begins with '<' at `at_`; says whether it opens or closes a record.
    enum class Tag { kOther, kOpen, kClose, kEmpty };
    Tag pass_tag();
    bool is_row_tag(std::string_view name) const;
    void pass(std::string_view end);

    std::string_view text_;
    std::string row_tag_;
    bool ignore_namespace_;
    size_t at_ = 0;
};

}  // namespace hanok::engine

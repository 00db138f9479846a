#pragma once
/// The answer to a batch: a batch of acknowledgements (chapter 2.10.3).

#include <string>
#include <string_view>
#include <vector>

#include "core/time.hpp"
#include "hl7v2/delimiters.hpp"

namespace causeway::hl7v2 {

/// FHS or BHS, as it stands.
struct BatchHeader {
    Delimiters delimiters;
    std::string sending_application, sending_facility;      ///< 3, 4
    std::string receiving_application, receiving_facility;  ///< 5, 6
    std::string control_id;                                 ///< 11
};

/// Reads the line of an FHS or BHS leniently: what is missing is empty.
BatchHeader read_batch_header(std::string_view segment);

/// BHS, the acknowledgements (each whole, as write_acknowledgement() makes them), BTS with their number. The answer
/// goes to the batch's sender; BHS-11 is `control_id`, BHS-12 the batch's own BHS-11. In the batch's delimiters.
std::string write_batch_acknowledgement(const BatchHeader& batch, const std::vector<std::string>& acknowledgements,
                                        std::string_view control_id, Instant at);

/// FHS, such batches, FTS with their number: the answer to a file.
std::string write_file_acknowledgement(const BatchHeader& file, const std::vector<std::string>& batches,
                                       std::string_view control_id, Instant at);

}  // namespace causeway::hl7v2

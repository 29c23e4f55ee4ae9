// The words of the drawing page that the script says by itself: Indonesian first, English second.
const WORDS = {
  name: ['Kegiatan', 'Activity'], name_of: ['Nama', 'Name'], condition_words: ['Tulisan pada alur', 'Words on the flow'],
  id: ['Kunci', 'Key'], id_hint: ['Tetap sesudah disahkan: jurnal menyebutnya selama puluhan tahun.', 'Fixed once approved: journals name it for decades.'],
  id_wrong: ['Huruf kecil, angka, dan garis bawah, mulai dengan huruf; belum dipakai elemen lain.', 'Small letters, digits and underscores, beginning with a letter; used by no other element.'],
  lane: ['Pelaksana', 'Done by'], lane_hint: ['Memindahkan elemen ke lajur itu; rapikan letaknya sesudahnya.', 'Moves the element into that lane; tidy its place afterwards.'],
  role: ['Peran', 'Role'], role_hint: ['Siapa yang dimaksud lajur ini; berlaku untuk semua lajur bernama sama.', 'Who this lane means; it holds for every lane of that name.'],
  none: ['belum dipilih', 'not chosen'], unknown: ['%s (tidak ada di SOP ini)', '%s (not in this SOP)'],
  inputs: ['Kelengkapan', 'Needs'], outputs: ['Output', 'Output'], add: ['Tambah', 'Add'], remove: ['Hapus %s', 'Remove %s'], choose: ['pilih…', 'choose…'],
  other: ['Kode lain', 'Another code'],
  time: ['Waktu', 'Time'], amount: ['Angka', 'Number'], unit: ['Jenis jam', 'Kind of clock'], wording: ['Bunyi tercetak', 'Printed wording'],
  time_none: ['belum ditetapkan dalam SOP', 'not set in the SOP'], time_hint: ['Kosongkan angkanya bila SOP tidak menetapkan waktu.', 'Leave the number empty where the SOP sets no time.'],
  time_other: ['Waktu ini tidak berupa satu angka (%s); ia diubah pada kejadian waktunya.', 'This time is no single number (%s); change it on its timer event.'],
  time_wrong: ['Isi angka dari 1 sampai 9999.', 'Enter a number from 1 to 9999.'], time_from: ['Dihitung sejak (FEEL)', 'Counted from (FEEL)'],
  working_minutes: ['menit kerja', 'working minutes'], working_days: ['hari kerja', 'working days'], elapsed_minutes: ['menit, siang malam', 'minutes, day and night'],
  elapsed_hours: ['jam, siang malam', 'hours, day and night'], elapsed_days: ['hari kalender', 'calendar days'],
  said_working_minutes: ['%s menit', '%s menit'], said_working_days: ['%s hari kerja', '%s hari kerja'], said_elapsed_minutes: ['%s menit', '%s menit'],
  said_elapsed_hours: ['%s jam', '%s jam'], said_elapsed_days: ['%s hari', '%s hari'],
  form: ['Formulir', 'Form'], operation: ['Operasi', 'Operation'], argument: ['Isian operasi: %s', 'Argument: %s'], new_argument: ['Nama isian baru', 'Name of a new argument'],
  argument_hint: ['FEEL; teks diapit tanda kutip, misalnya "F10".', 'FEEL; texts in quotation marks, such as "F10".'],
  decision: ['Tabel keputusan', 'Decision table'], result: ['Nama hasilnya', 'Name of its result'], called: ['SOP atau proses yang dipanggil', 'SOP or process called'],
  clause: ['Klausul sumber', 'Clause of the source'], sensitivity: ['Kelas data', 'Data class'],
  condition: ['Syarat (FEEL)', 'Condition (FEEL)'], condition_hint: ['Alur ini diambil bila syaratnya benar, misalnya risk = "high".', 'This flow is taken when it is true, such as risk = "high".'],
  pick: ['Sisipkan isian dari langkah sebelumnya', 'Insert a field of an earlier step'], pick_none: ['Tidak ada isian pengarah di hulu alur ini.', 'No steering field upstream of this flow.'],
  by_table: ['Hasil tabel keputusan', 'Results of decision tables'], start_form: ['Formulir awal', 'Starting form'],
  is_default: ['Alur bawaan: diambil bila tidak ada syarat yang benar', 'Default flow: taken when no condition is true'],
  connect: ['Sambungkan ke', 'Connect to'], flow_from: ['Dari', 'From'], flow_to: ['Menuju', 'To'],
  message: ['Nama pesan', 'Name of the message'], signal: ['Nama sinyal', 'Name of the signal'], error: ['Kode galat', 'Code of the error'], escalation: ['Kode eskalasi', 'Code of the escalation'],
  event_hint: ['Yang sudah ada: %s', 'There are: %s'],
  timer: ['Waktu kejadian (ISO 8601 atau = FEEL)', 'Time of the event (ISO 8601 or = FEEL)'],
  each_in: ['Berulang untuk setiap (FEEL)', 'For each in (FEEL)'], each_as: ['Disebut', 'Called'], each_collect: ['Yang dikumpulkan', 'What is collected'], each_into: ['Menjadi', 'Into'],
  documentation: ['Penjelasan', 'Explanation'], text: ['Isi catatan', 'Text of the note'],
  of_sop: ['SOP ini', 'This SOP'], warnings: ['Peringatan', 'Warnings'], warning_on_tasks: ['tampil pada tugas', 'shown on tasks'],
  warning_hint: ['Peringatan dicetak dari lembar identitas (sop.toml); tidak digambar.', 'Warnings are printed from the identity sheet (sop.toml); they are not drawn.'],
  nothing_chosen: ['Pilih satu elemen pada gambar atau dalam daftar.', 'Choose one element of the drawing or the list.'],
  several_chosen: ['Beberapa elemen terpilih; pilih satu untuk mengubah sifatnya.', 'Several elements are chosen; choose one to change its properties.'],
  unnamed: ['tanpa nama', 'unnamed'], to: ['ke', 'to'], found: ['%s temuan', '%s findings'], no_findings: ['Pemeriksaan tidak menemukan apa-apa.', 'The check found nothing.'],
  stale_findings: ['Gambar sudah diubah sesudah pemeriksaan ini.', 'The drawing has changed since this check.'],
  saving: ['Menyimpan…', 'Saving…'], checking: ['Memeriksa…', 'Checking…'], saved: ['Revisi %s tersimpan.', 'Revision %s is saved.'], checked: ['Sudah diperiksa; belum disimpan.', 'Checked; not saved.'],
  unsaved: ['Ada perubahan yang belum disimpan.', 'There are unsaved changes.'], unreachable: ['Server tidak terjangkau. Gambar tetap di halaman ini; coba lagi atau unduh.', 'The server cannot be reached. The drawing stays on this page; try again or download it.'],
  signed_out: ['Belum tersimpan: sesi yang membuka gambar ini sudah berakhir.', 'Not saved: the session that opened this drawing is over.'],
  cannot_open: ['Diagram ini tidak dapat digambar di sini: %s Perbaiki berkasnya, lalu unggah di halaman draf.', 'This diagram cannot be drawn here: %s Mend the file and upload it on the draft page.'],
  no_place: ['letak, ukuran, atau warna "%s" tidak dapat digambar.', 'the place, size or colour of "%s" cannot be drawn.'],
  opened_with: ['Saat dibuka, %s bagian berkas tidak dikenali dan tidak akan ikut tersimpan. Ubah lewat berkas bila bagian itu penting.', 'When opening, %s parts of the file were not recognised and will not be saved. Change the file itself if they matter.'],
};

const english = document.documentElement.lang === 'en';

// The words of a key, with what stands for %s.
export const say = (key, given) => WORDS[key][english ? 1 : 0].replace('%s', () => given);
export const isEnglish = english;

const KINDS = {
  Task: ['Tugas', 'Task'], UserTask: ['Tugas orang', 'User task'], ManualTask: ['Tugas manual', 'Manual task'], ServiceTask: ['Tugas layanan', 'Service task'],
  SendTask: ['Tugas kirim', 'Send task'], ReceiveTask: ['Tugas terima', 'Receive task'], BusinessRuleTask: ['Tugas keputusan', 'Decision task'],
  ScriptTask: ['Tugas skrip', 'Script task'], CallActivity: ['Panggil SOP lain', 'Call activity'], SubProcess: ['Subproses', 'Sub-process'],
  Transaction: ['Transaksi', 'Transaction'], AdHocSubProcess: ['Subproses bebas', 'Ad-hoc sub-process'], StartEvent: ['Kejadian awal', 'Start event'],
  EndEvent: ['Kejadian akhir', 'End event'], BoundaryEvent: ['Kejadian tepi', 'Boundary event'], IntermediateCatchEvent: ['Kejadian antara', 'Intermediate event'],
  IntermediateThrowEvent: ['Kejadian antara', 'Intermediate event'], ExclusiveGateway: ['Gerbang pilihan', 'Exclusive gateway'],
  ParallelGateway: ['Gerbang sejajar', 'Parallel gateway'], InclusiveGateway: ['Gerbang inklusif', 'Inclusive gateway'],
  EventBasedGateway: ['Gerbang menunggu kejadian', 'Event-based gateway'], ComplexGateway: ['Gerbang kompleks', 'Complex gateway'], SequenceFlow: ['Alur', 'Flow'],
  MessageFlow: ['Alur pesan', 'Message flow'], Lane: ['Lajur', 'Lane'], Participant: ['Pelaku', 'Participant'], TextAnnotation: ['Catatan', 'Note'],
  DataObjectReference: ['Objek data', 'Data object'], DataStoreReference: ['Simpanan data', 'Data store'], Group: ['Kelompok', 'Group'], Association: ['Asosiasi', 'Association'],
  Process: ['Proses', 'Process'], Collaboration: ['Kerja sama', 'Collaboration'],
};

// The kind of an element in words.
export const kind = (element) => {
  const name = element.businessObject.$type.replace(/^.*:/, '');
  return (KINDS[name] || [name, name])[english ? 1 : 0];
};

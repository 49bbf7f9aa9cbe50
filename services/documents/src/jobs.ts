import type { Job } from '@kontora/jobs'
import { readCampaigns } from './campaigns/read-campaigns.ts'
import { deliverDocuments } from './deliveries/deliver-documents.ts'
import { laneOf, systems } from './deliveries/system.ts'
import { ensureBucket } from './files/ensure-bucket.ts'
import type { Resources } from './resources.ts'
import { sweepUploads } from './uploads/sweep-uploads.ts'

const second = 1000
const minute = 60 * second

export const jobs = ({ campaignsEveryMs }: { campaignsEveryMs: number }): Job<Resources>[] => [
  { name: 'ensure-bucket', everyMs: minute, run: ensureBucket },
  { name: 'read-campaigns', everyMs: campaignsEveryMs, run: readCampaigns },
  { name: 'sweep-uploads', everyMs: minute, run: sweepUploads },
  ...systems.map((system) => ({
    name: laneOf(system),
    everyMs: 2 * second,
    run: (resources: Resources) => deliverDocuments(resources, system),
  })),
]
